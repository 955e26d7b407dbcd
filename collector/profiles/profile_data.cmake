# cmake -D FILES=a.yaml;b.yaml -D OUT=header -P profile_data.cmake
# Writes the bytes of the profiles, in this order, as C arrays.
set(text "")
set(rows "")
foreach(file ${FILES})
  get_filename_component(name ${file} NAME_WE)
  string(MAKE_C_IDENTIFIER ${name} name)
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND text "static const unsigned char profile_${name}[] = { ${bytes} };\n")
  string(APPEND rows "    { profile_${name}, sizeof profile_${name} },\n")
endforeach()
file(WRITE ${OUT} "${text}static const struct profile_datum profile_data[] = {\n${rows}};\n")
