/// What an error code of a MongoDB server says about trying again (docs/reliability.md has the table).
///
/// The codes and their meaning are those of the server's `error_codes.yml`. The transient ones are those of the
/// drivers' specification of retryable reads and writes, plus those that pass by themselves.
enum ServerCode {
  /// Whether the record is already stored, or another record has the same value in a unique index.
  static func isDuplicateKey(_ code: Int) -> Bool { [11000, 11001, 12582].contains(code) }

  /// Whether an election, a shutdown, a timeout or a lack of resources is the cause, and not the content of
  /// the call.
  static func isTransient(_ code: Int) -> Bool { transient.contains(code) }

  /// Whether the server refuses the content of one document of an insert, which it names in `writeErrors`.
  ///
  /// Codes from 10000 on are assertions without a name; about a single document they are taken for refusals
  /// unless known otherwise. An unknown code below 10000 counts as a state of the server, which is never a reason
  /// to give up an event.
  static func isRefusalOfDocument(_ code: Int) -> Bool {
    documentRefusals.contains(code) || (code >= 10000 && !isTransient(code) && !isDuplicateKey(code))
  }

  /// Whether the server refuses a whole command for the content of a document in it, without saying which. No
  /// code that the settings, the program or a state of the server may cause is among these, because then every
  /// event would be given up.
  static func isRefusalOfContent(_ code: Int) -> Bool { contentRefusals.contains(code) }

  /// Whether the server will refuse the same command whenever it is sent, until somebody changes the settings.
  static func isMistake(_ code: Int) -> Bool { mistakes.contains(code) || documentRefusals.contains(code) }

  private static let transient: Set<Int> = [
    6,  // HostUnreachable
    7,  // HostNotFound
    24,  // LockTimeout
    43,  // CursorNotFound
    46,  // LockBusy
    50,  // MaxTimeMSExpired
    63,  // StaleShardVersion
    64,  // WriteConcernTimeout
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
    391,  // ReauthenticationRequired
    462,  // IngressRequestRateLimitExceeded
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

  private static let documentRefusals: Set<Int> = [
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

  private static let contentRefusals: Set<Int> = [
    15,  // Overflow: nested too deep
    22,  // InvalidBSON
    10334,  // BSONObjectTooLarge
    17280,  // KeyTooLong
    17419, 17420,  // a document that is too large
  ]

  private static let mistakes: Set<Int> = [
    20,  // IllegalOperation
    59,  // CommandNotFound
    67,  // CannotCreateIndex
    72,  // InvalidOptions
    73,  // InvalidNamespace
    79,  // UnknownReplWriteConcern
    115,  // CommandNotSupported
    166,  // CommandNotSupportedOnView
    238,  // NotImplemented
    322,  // APIVersionError
    323,  // APIStrictError
    40414, 40415,  // a field of the command that is missing or not known
  ]
}
