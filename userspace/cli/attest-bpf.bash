# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Completion of attest-bpf: commands, options and their choices, asked from
# the program's own --help.
_attest_bpf()
{
	local current=${COMP_WORDS[COMP_CWORD]}
	local previous=${COMP_WORDS[COMP_CWORD - 1]}
	local bin=${COMP_WORDS[0]} words
	local command=("${COMP_WORDS[1]:-}")

	[ "${command[0]}" != container ] || [ "$COMP_CWORD" -lt 3 ] ||
		command+=("${COMP_WORDS[2]}")
	if [ "$COMP_CWORD" -eq 1 ]; then
		words=$("$bin" --help 2>/dev/null |
			sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
	elif [ "$COMP_CWORD" -eq 2 ] && [ "$previous" = container ]; then
		words=$("$bin" container --help 2>/dev/null |
			sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
	elif [ "$previous" = --level ] || [ "$previous" = -l ]; then
		words="minimal standard maximum"
	elif [[ $previous == --* ]]; then
		words=$("$bin" "${command[@]}" --help 2>/dev/null |
			sed -n "s/.* $previous \([a-z-]*|[a-z|-]*\).*/\1/p" |
			tr '|' ' ')
	fi
	if [[ $current == -* ]]; then
		words=$("$bin" "${command[@]}" --help 2>/dev/null |
			sed -n 's/^ .*\(--[a-z-]*\).*/\1/p')
	fi
	mapfile -t COMPREPLY < <(compgen -W "${words:-}" -- "$current")
	# No word of ours: a file.
	[ ${#COMPREPLY[@]} -gt 0 ] || [ -n "${words:-}" ] ||
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
}
complete -o filenames -F _attest_bpf attest-bpf
