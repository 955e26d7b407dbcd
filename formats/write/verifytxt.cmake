# cmake -D EN=file -D JA=file -D OUT=header -P verifytxt.cmake
# Writes the bytes of both texts as C arrays.
set(text "")
foreach(language EN JA)
  string(TOLOWER ${language} suffix)
  file(READ ${${language}} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND text "static const unsigned char verifytxt_${suffix}[] = { ${bytes} };\n")
endforeach()
file(WRITE ${OUT} "${text}")
