# cmake --install build/<preset> [--prefix DIR]: what those who run comcat need.
include(GNUInstallDirs)

install(TARGETS comcat-server comcat-client comcat-load RUNTIME)
# As they lie here, so that their links to each other hold.
install(FILES README.md CONTRIBUTING.md LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES proto/README.md DESTINATION "${CMAKE_INSTALL_DOCDIR}/proto")
install(DIRECTORY docs DESTINATION "${CMAKE_INSTALL_DOCDIR}" PATTERN comcat-server.service EXCLUDE)
# The unit names the server's path, which is known when --prefix is.
install(CODE "
  file(READ \"${PROJECT_SOURCE_DIR}/docs/comcat-server.service\" unit)
  string(REPLACE /usr/local/bin \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\" unit \"\${unit}\")
  foreach(place lib/systemd/system \"${CMAKE_INSTALL_DOCDIR}/docs\")
    set(file \"\${CMAKE_INSTALL_PREFIX}/\${place}/comcat-server.service\")
    message(STATUS \"Installing: \$ENV{DESTDIR}\${file}\")
    file(WRITE \"\$ENV{DESTDIR}\${file}\" \"\${unit}\")
  endforeach()")

add_test(NAME install COMMAND ${CMAKE_COMMAND} -E env --unset=DESTDIR
  ${CMAKE_COMMAND} "-DBUILD=${CMAKE_BINARY_DIR}" -P "${PROJECT_SOURCE_DIR}/cmake/CheckInstall.cmake")
set_tests_properties(install PROPERTIES LABELS grpc)
