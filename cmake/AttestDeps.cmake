# SPDX-License-Identifier: Apache-2.0
# The libraries the layers link to. The README's table says what each is for.
find_package(PkgConfig REQUIRED)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(BPF REQUIRED IMPORTED_TARGET libbpf>=1.1)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp>=2.5)
pkg_check_modules(MD REQUIRED IMPORTED_TARGET libmd)
