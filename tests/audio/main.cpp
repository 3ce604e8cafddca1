// The tests open sound devices, so this program is also the process of the devices.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comcat/audio/device_process.h"

int main(int argc, char** argv) {
  if (comcat::audio::is_device_process(argc, argv)) return comcat::audio::run_device_process();
  ::testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}

/// Where LeakSanitizer asks for it: libvorbisenc 1.3.7 never frees what it sets up for six
/// channels, which only a test writes.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:vorbis_encode_setup_init\n";
}
