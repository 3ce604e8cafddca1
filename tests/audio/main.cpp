// The tests open sound devices, so this program is also the process of the devices.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comcat/audio/device_process.h"

int main(int argc, char** argv) {
  if (comcat::audio::is_device_process(argc, argv)) return comcat::audio::run_device_process();
  ::testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
