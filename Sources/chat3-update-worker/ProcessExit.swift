import ArgumentParser
import Foundation

/// Ends the process with a status, after what was printed has been written.
///
/// `exit` would also run the clean-up of every library. OpenSSL's frees what another thread may be using
/// at that moment, because a client that still logs in to a server is not waited for; the process then died of signal 6
/// ("double free or corruption") instead of ending with its status.
///
/// - Parameter isInHaste: Whether what was printed may be lost, since a reader that reads nothing is not waited for.
func endProcess(_ status: Int32, isInHaste: Bool = false) -> Never {
  if !isInHaste { fflush(nil) }
  _exit(status)
}

func endProcess(_ status: ExitStatus, isInHaste: Bool = false) -> Never {
  endProcess(status.rawValue, isInHaste: isInHaste)
}
