# Every library that comcat is built on: Debian 12's packages, listed in scripts/packages.txt.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Protobuf REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(absl REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
pkg_check_modules(opus REQUIRED IMPORTED_TARGET opus)
pkg_check_modules(portaudio REQUIRED IMPORTED_TARGET portaudio-2.0)
pkg_check_modules(alsa REQUIRED IMPORTED_TARGET alsa)
pkg_check_modules(flac REQUIRED IMPORTED_TARGET flac)
pkg_check_modules(sndfile REQUIRED IMPORTED_TARGET sndfile)
pkg_check_modules(edit REQUIRED IMPORTED_TARGET libedit)
pkg_check_modules(speexdsp REQUIRED IMPORTED_TARGET speexdsp)
pkg_check_modules(idn2 REQUIRED IMPORTED_TARGET libidn2)
find_library(UNISTRING_LIBRARY unistring REQUIRED)
find_path(READERWRITERQUEUE_INCLUDE readerwriterqueue/readerwriterqueue.h REQUIRED)

# WebRTC as tg_owt packs it; what needs it is left out where it is missing. Not by its own CMake
# package, whose target asks for X11 and FFmpeg: of what comcat uses nothing but Opus and Abseil is
# behind it. An `ar` archive of all of WebRTC, of which the linker takes only what is called.
find_library(TGOWT_LIBRARY libtg_owt.a)
find_path(TGOWT_INCLUDE api/neteq/neteq.h PATH_SUFFIXES tg_owt)
if(TGOWT_LIBRARY AND TGOWT_INCLUDE)
  add_library(tgowt INTERFACE)
  target_include_directories(tgowt SYSTEM INTERFACE "${TGOWT_INCLUDE}")
  target_compile_definitions(tgowt INTERFACE WEBRTC_POSIX WEBRTC_LINUX)
  target_link_options(tgowt INTERFACE -Wl,--gc-sections)
  target_link_libraries(tgowt INTERFACE "${TGOWT_LIBRARY}" PkgConfig::opus absl::optional
    absl::strings absl::synchronization Threads::Threads)
endif()
include(GoogleTest)
