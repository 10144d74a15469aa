import ArgumentParser
import Foundation

/// Ends the process with a status, after what was printed has been written.
///
/// The C function of that name also runs the clean-up of every library. OpenSSL's frees what another thread may be using
/// at that moment, because a client that still logs in to a server is not waited for; the process then died of signal 6
/// ("double free or corruption") instead of ending with its status.
func endProcess(_ status: Int32) -> Never {
  fflush(nil)
  _exit(status)
}

func endProcess(_ status: ExitStatus) -> Never { endProcess(status.rawValue) }
