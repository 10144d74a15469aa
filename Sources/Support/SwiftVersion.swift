/// The version of Swift that the program was built with.
package enum SwiftVersion {
  /// Major and minor. Swift does not tell a program its version; this asks the compiler for those that it can be.
  package static let current: String = {
    #if compiler(>=6.5)
      "6.5 or later"
    #elseif compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }()
}
