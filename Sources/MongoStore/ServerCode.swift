/// What an error code of a MongoDB server says about the next try.
///
/// The codes and their meaning are those of the server's `error_codes.yml`; the retryable ones are the list of
/// the drivers' specification of retryable reads and writes, with those added that pass by themselves.
enum ServerCode {
  /// The record is stored already (or another has the same value in a unique index).
  static func isDuplicateKey(_ code: Int) -> Bool { [11000, 11001, 12582].contains(code) }

  /// An election, a shutdown, a timeout, a lack of resources: nothing that the content of the call causes.
  static func isTransient(_ code: Int) -> Bool { transient.contains(code) }

  /// The content of one record is what the server will not take.
  ///
  /// Codes from 10000 on are assertions without a name, about the operation at hand unless known otherwise. An
  /// unknown code below is taken for a state of the server: that is never a reason to give an event up.
  static func isRefusalOfContent(_ code: Int) -> Bool {
    contentRefusals.contains(code) || (code >= 10000 && !isTransient(code) && !isDuplicateKey(code))
  }

  private static let transient: Set<Int> = [
    6,  // HostUnreachable
    7,  // HostNotFound
    24,  // LockTimeout
    43,  // CursorNotFound
    46,  // LockBusy
    50,  // MaxTimeMSExpired
    63,  // StaleShardVersion
    64,  // WriteConcernFailed
    74,  // NodeNotFound
    89,  // NetworkTimeout
    91,  // ShutdownInProgress
    95,  // NotSecondary
    100,  // UnsatisfiableWriteConcern
    112,  // WriteConflict
    117,  // ConflictingOperationInProgress
    133,  // FailedToSatisfyReadPreference
    134,  // ReadConcernMajorityNotAvailableYet
    146,  // ExceededMemoryLimit
    150,  // StaleEpoch
    175,  // QueryPlanKilled
    189,  // PrimarySteppedDown
    202,  // NetworkInterfaceExceededTimeLimit
    216,  // ElectionInProgress
    237,  // CursorKilled
    262,  // ExceededTimeLimit
    314,  // ObjectIsBusy
    317,  // ConnectionPoolExpired
    384,  // ConnectionError
    9001,  // SocketException
    10058,  // not primary, of old servers
    10107,  // NotWritablePrimary
    11600,  // InterruptedAtShutdown
    11601,  // Interrupted
    11602,  // InterruptedDueToReplStateChange
    13388,  // StaleConfig
    13435,  // NotPrimaryNoSecondaryOk
    13436,  // NotPrimaryOrSecondary
    14031,  // OutOfDiskSpace
  ]

  private static let contentRefusals: Set<Int> = [
    2,  // BadValue
    9,  // FailedToParse
    14,  // TypeMismatch
    15,  // Overflow: nested too deep
    16,  // InvalidLength
    22,  // InvalidBSON
    28,  // PathNotViable
    52,  // DollarPrefixedFieldName
    53,  // InvalidIdField
    54,  // NotSingleValueField
    55,  // InvalidDBRef
    56,  // EmptyFieldName
    57,  // DottedFieldName
    121,  // DocumentValidationFailure
    171,  // CannotIndexParallelArrays
    201,  // CannotBuildIndexKeys
  ]
}
