# SPDX-License-Identifier: BSD-2-Clause
#
# find_package(Palisade) gives
#
#   Palisade::pal      the library for programs that call PALs
#   pal_add_image(NAME SOURCES key_pal.c ... [OPTIONS -g -DX ...] [KEY key.pem])
#                      a target NAME that builds NAME.pal in the binary folder;
#                      its property PAL_IMAGE is the path
#
# CC in the environment names the compiler of PALs, as for `pal cc`.

get_filename_component(PALISADE_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.."
	ABSOLUTE)
set(PALISADE_PAL "${PALISADE_PREFIX}/bin/pal")

if(NOT TARGET Palisade::pal)
	find_package(Threads REQUIRED)
	add_library(Palisade::pal SHARED IMPORTED)
	set_target_properties(Palisade::pal PROPERTIES
		IMPORTED_LOCATION "${PALISADE_PREFIX}/lib/libpal.so"
		INTERFACE_INCLUDE_DIRECTORIES "${PALISADE_PREFIX}/include"
		INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()

# One object: an absolute path, built again when a header of it changes.
function(_pal_add_object OUTPUT SOURCE)
	add_custom_command(OUTPUT "${OUTPUT}"
		COMMAND "${PALISADE_PAL}" cc ${ARGN} -MMD -MP -MF "${OUTPUT}.d"
			-MT "${OUTPUT}" -c -o "${OUTPUT}" "${SOURCE}"
		DEPENDS "${SOURCE}" "${PALISADE_PAL}"
		DEPFILE "${OUTPUT}.d"
		COMMENT "Compiling PAL object ${OUTPUT}"
		VERBATIM)
endfunction()

function(pal_add_image NAME)
	cmake_parse_arguments(IMAGE "" "KEY" "SOURCES;OPTIONS" ${ARGN})
	if(NOT IMAGE_SOURCES OR IMAGE_UNPARSED_ARGUMENTS)
		message(FATAL_ERROR "pal_add_image(NAME SOURCES file.c ... "
			"[OPTIONS option ...] [KEY key.pem])")
	endif()
	set(objects)
	foreach(source IN LISTS IMAGE_SOURCES)
		get_filename_component(path "${source}" ABSOLUTE)
		get_filename_component(stem "${source}" NAME)
		set(object "${CMAKE_CURRENT_BINARY_DIR}/${NAME}_${stem}.o")
		_pal_add_object("${object}" "${path}" ${IMAGE_OPTIONS})
		list(APPEND objects "${object}")
	endforeach()
	set(image "${CMAKE_CURRENT_BINARY_DIR}/${NAME}.pal")
	set(key)
	if(IMAGE_KEY)
		get_filename_component(IMAGE_KEY "${IMAGE_KEY}" ABSOLUTE)
		set(key -k "${IMAGE_KEY}")
	endif()
	add_custom_command(OUTPUT "${image}"
		COMMAND "${PALISADE_PAL}" cc ${IMAGE_OPTIONS} ${key} -o "${image}"
			${objects}
		DEPENDS ${objects} ${IMAGE_KEY} "${PALISADE_PAL}"
		COMMENT "Linking PAL image ${NAME}.pal"
		VERBATIM)
	add_custom_target("${NAME}" ALL DEPENDS "${image}")
	set_target_properties("${NAME}" PROPERTIES PAL_IMAGE "${image}")
endfunction()
