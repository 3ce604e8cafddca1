# The test `install`: installs BUILD into a directory of its own and runs the programs from there.
set(prefix "${BUILD}/installed")
file(REMOVE_RECURSE "${prefix}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${prefix}"
  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

foreach(program comcat-server comcat-client comcat-load)
  execute_process(COMMAND "${prefix}/bin/${program}" --version
    OUTPUT_VARIABLE version COMMAND_ERROR_IS_FATAL ANY)
  if(NOT version MATCHES "^${program} [0-9]")
    message(FATAL_ERROR "${program} --version says: ${version}")
  endif()
endforeach()

foreach(file README.md LICENSE docs/operations.md docs/alerts.yml docs/playout/clean.png proto/README.md)
  if(NOT EXISTS "${prefix}/share/doc/comcat/${file}")
    message(FATAL_ERROR "share/doc/comcat/${file} is not installed")
  endif()
endforeach()

file(READ "${prefix}/lib/systemd/system/comcat-server.service" unit)
string(FIND "${unit}" "ExecStart=${prefix}/bin/comcat-server --flagfile=/etc/comcat/server.flags" at)
string(FIND "${unit}" "SystemCallFilter=~@privileged\nSystemCallErrorNumber=EPERM\n" end)
if(at EQUAL -1 OR end EQUAL -1)
  message(FATAL_ERROR "the unit does not start the server that was installed:\n${unit}")
endif()
file(REMOVE_RECURSE "${prefix}")
