#pragma once

#include <string>

/// What keeps a passcode from being found where nobody needs it any more. Threads: any.
namespace comcat::base {

/// Overwrites all that `secret` holds room for, and empties it. Nothing of it is left there, unless
/// it was copied or had to grow before.
void wipe(std::string& secret);

/// From here on no core dump is made of this process, and other programs of the same user,
/// debuggers among them, cannot look into its memory. Programs that it starts decide for
/// themselves.
void keep_memory_private();

}  // namespace comcat::base
