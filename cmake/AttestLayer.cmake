# SPDX-License-Identifier: Apache-2.0
# attest_layer(NAME DEPS...): the folder's *.c as one static library that may
# use only DEPS. The linker then enforces that includes go down only.
function(attest_layer name)
	file(GLOB_RECURSE sources CONFIGURE_DEPENDS
		"${CMAKE_CURRENT_SOURCE_DIR}/*.c")
	if(attest_layer_exclude)
		list(FILTER sources EXCLUDE REGEX "${attest_layer_exclude}")
	endif()
	if(sources)
		add_library(attest_${name} STATIC ${sources})
		target_link_libraries(attest_${name} PUBLIC ${ARGN})
	else()
		add_library(attest_${name} INTERFACE)
		target_link_libraries(attest_${name} INTERFACE ${ARGN})
	endif()
endfunction()
