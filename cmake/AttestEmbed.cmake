# SPDX-License-Identifier: Apache-2.0
# attest_embed(TARGET ARRAY FILE...): the files' bytes as C, in the target:
# `const struct attest_embedded ARRAY[]` (base/embedded.h), named as the files
# without their extensions, ending with a NULL name.
function(attest_embed target array)
	set(bytes "")
	set(entries "")
	set(i 0)
	foreach(path ${ARGN})
		set_property(DIRECTORY APPEND PROPERTY
			CMAKE_CONFIGURE_DEPENDS "${path}")
		get_filename_component(name "${path}" NAME_WE)
		file(READ "${path}" hex HEX)
		string(REGEX REPLACE "(..)" "0x\\1," hex "${hex}")
		string(APPEND bytes
			"static const unsigned char data${i}[] = { ${hex}0 };\n")
		string(APPEND entries
			"\t{ \"${name}\", (const char *)data${i}, sizeof(data${i}) - 1 },\n")
		math(EXPR i "${i} + 1")
	endforeach()
	set(out "${CMAKE_CURRENT_BINARY_DIR}/${array}.c")
	file(CONFIGURE OUTPUT "${out}" @ONLY CONTENT
"#include \"base/embedded.h\"
${bytes}
const struct attest_embedded ${array}[] = {
${entries}	{ NULL, NULL, 0 },
};
")
	target_sources(${target} PRIVATE "${out}")
endfunction()
