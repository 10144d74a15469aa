import ArgumentParser
import EmbeddedStore
import Pipeline
import Timelines

/// The exit codes of spec section 10.
enum ExitStatus: Int32 {
  case fine = 0
  case usage = 64
  case badInput = 65
  case unavailable = 69
  case fault = 70
}
