# SPDX-License-Identifier: Apache-2.0
# What goes into the guest of the kernel tests. Each call writes one list that
# scripts/vm/build-initramfs reads; libraries follow by themselves.
include_guard(GLOBAL)
# a file that is no longer named must not stay in the guest
file(REMOVE_RECURSE "${PROJECT_BINARY_DIR}/guest")

# attest_guest_program(TARGET [DIR]): the program, in /usr/bin or in DIR
function(attest_guest_program target)
	set(dir /usr/bin)
	if(ARGC GREATER 1)
		set(dir ${ARGV1})
	endif()
	file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/guest/${target}.list"
		CONTENT "$<TARGET_FILE:${target}>:${dir}/$<TARGET_FILE_NAME:${target}>\n")
endfunction()

# attest_guest_file(FILE PATH): a file, at PATH
function(attest_guest_file file path)
	string(MAKE_C_IDENTIFIER "${path}" id)
	file(GENERATE OUTPUT "${PROJECT_BINARY_DIR}/guest/${id}.list"
		CONTENT "${file}:${path}\n")
endfunction()
