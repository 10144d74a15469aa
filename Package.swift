// swift-tools-version: 6.3
import PackageDescription

/// What every target is built with. Warnings are errors in debug builds, which are the ones that CI makes; a release
/// build by a newer compiler must not fail for what that compiler has learned to warn of.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error, .when(configuration: .debug)),
]

/// For what all tests wait for: the pure rooms, the model that they are compared with, and what the simulation runs
/// ten thousand times. Without optimisation they take most of the unit tests' time. As a whole module each is compiled in
/// half the time that its files take one by one; the compiler remarks that it then compiles all of them again.
let optimised: [SwiftSetting] = [
  .unsafeFlags(
    ["-O", "-whole-module-optimization", "-num-threads", "2", "-disable-batch-mode"],
    .when(configuration: .debug))
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

/// A room of the worker: `Sources/<name>`.
func room(_ name: String, _ dependencies: [Target.Dependency], settings: [SwiftSetting] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict + settings)
}

/// Tests that need no server: `Tests/Unit/<name>`.
func unitTests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestTraits"], path: "Tests/Unit/\(name)", swiftSettings: strict
  )
}

/// Tests with real servers: `Tests/Servers/<name>`.
func serverTests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["TestTraits"], path: "Tests/Servers/\(name)", exclude: exclude,
    swiftSettings: strict)
}

/// What several tests share: `Tests/Support/<name>`.
func support(
  _ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Tests/Support/\(name)", swiftSettings: strict + settings)
}

/// A program beside the worker, or a part of one.
func tool(
  _ name: String, in folder: String, _ dependencies: [Target.Dependency], settings: [SwiftSetting] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "\(folder)/\(name)", swiftSettings: strict + settings)
}

func program(_ name: String, in folder: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: "\(folder)/\(name)", swiftSettings: strict)
}

let systemLibraries: [Target] = [
  .systemLibrary(name: "CMongoC", pkgConfig: "libmongoc-1.0", providers: [.apt(["libmongoc-dev"])]),
  .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
  .systemLibrary(name: "CRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
]

/// The commit that is built, for `--version`, if whoever builds has said: hexadecimal digits.
let commit = Context.environment["BUILD_COMMIT"] ?? ""
precondition(commit.allSatisfy(\.isHexDigit), "BUILD_COMMIT is \(commit); it takes the hash of a commit")

let rooms: [Target] = [
  .target(
    name: "CBuild", cSettings: commit.isEmpty ? [] : [.define("BUILD_COMMIT", to: "\"\(commit)\"")]),
  room("Support", ["COpenSSL"]),
  room("BSON", ["CMongoC"], settings: optimised),
  room("Updates", ["BSON", "Support"], settings: optimised),
  room(
    "Pipeline", ["Support", "Updates"],
    // Places to die at, for the fault injection alone: no release build has them.
    settings: optimised + [.define("CRASH_POINTS", .when(configuration: .debug))]),
  room("Maintenance", ["Pipeline", "Support"], settings: optimised),
  room("EmbeddedStore", ["Pipeline", "Maintenance", grdb], settings: optimised),
  room("MongoStore", ["Pipeline", "Maintenance", "Support", "CMongoC"]),
  room("RabbitBroker", ["Pipeline", "Maintenance", "Support", "CRabbitMQ"]),
  room("Timelines", ["Pipeline", "Support"], settings: optimised),
  room("Operations", ["Pipeline", "Support", hummingbird, logging, metrics]),
  room("Inspector", ["Pipeline", "Maintenance", "Operations", "Support", hummingbird, mustache]),
  .executableTarget(
    name: "chat3-update-worker",
    dependencies: [
      "BSON", "CBuild", "Pipeline", "Maintenance", "Operations", "Inspector", "Support", "EmbeddedStore",
      "MongoStore", "RabbitBroker", "Timelines", argumentParser, logging, signals,
    ],
    swiftSettings: strict),
]

let testSupport: [Target] = [
  support("TestKit", settings: optimised),
  support("TestTraits", ["CMutexOrder"]),
  support("ScriptedEnds", ["Pipeline"]),
  support("SpecModel", settings: optimised),
  support("SpecCases", ["SpecModel"]),
  support("TestServers", ["TestKit"]),
  support("CommandHarness", ["TestKit", "TestServers"], settings: optimised),
  support("MonitoringFiles", ["CommandHarness", "TestKit", "TestServers"]),
  support("ReplayHarness", ["TestKit", "EmbeddedStore", "Timelines", "SpecModel"], settings: optimised),
  support(
    "LiveHarness",
    [
      "MongoStore", "RabbitBroker", "CMongoC", "CRabbitMQ", "ReplayHarness", "SpecCases", "TestKit",
      "TestServers",
    ]),
]

/// All tests are one product, so the worker that many of them start is built for the one target that also imports
/// it: the others need not wait for it to be compiled.
let tests: [Target] = [
  unitTests("SupportTests", ["Support"]),
  unitTests("BSONTests", ["BSON", "Fuzzing", "SpecModel", "TestKit"]),
  unitTests("UpdatesTests", ["BSON", "Updates", "TestKit"]),
  unitTests("PipelineTests", ["BSON", "Updates", "Pipeline", "ReplayHarness", "ScriptedEnds", "SpecModel"]),
  unitTests(
    "MaintenanceTests",
    [
      "BSON", "Updates", "Pipeline", "Maintenance", "ReplayHarness", "ScriptedEnds", "SpecModel", "TestKit",
    ]),
  unitTests("EmbeddedStoreTests", ["EmbeddedStore", "ScriptedEnds", "TestKit", grdb]),
  unitTests("MongoStoreTests", ["MongoStore"]),
  unitTests("RabbitBrokerTests", ["RabbitBroker"]),
  unitTests(
    "OperationsTests",
    ["Operations", "BSON", "Updates", "Pipeline", "SpecModel", "TestKit", "TestServers", logging, metrics]),
  unitTests(
    "InspectorTests",
    [
      "BSON", "EmbeddedStore", "Inspector", "Maintenance", "Operations", "Pipeline", "ReplayHarness",
      "TestKit",
      "TestServers",
    ]),
  unitTests("TimelinesTests", ["ReplayHarness", "TestKit", "Timelines"]),
  unitTests(
    "CommandTests",
    [
      "CommandHarness", "Operations", "Pipeline", "ReplayHarness", "TestKit", argumentParser,
      "chat3-update-worker",
    ]),
  unitTests("SpecCasesTests", ["SpecCases", "ReplayHarness"]),
  unitTests("HouseTests", ["CommandHarness", "TestKit"]),
  unitTests("PackagingTests", ["CommandHarness", "MonitoringFiles", "TestKit"]),
  unitTests("FuzzingTests", ["Fuzzing"]),
  unitTests("SimulationTests", ["CommandHarness", "Simulation", "simulate"]),
  serverTests(
    "MongoStoreServerTests", ["LiveHarness", "MongoStore", "ScriptedEnds", "TestKit", "TestServers"]),
  serverTests("RabbitBrokerServerTests", ["RabbitBroker", "LiveHarness", "TestServers", "CRabbitMQ"]),
  serverTests(
    "ConformanceTests",
    [
      "LiveHarness", "ReplayHarness", "MongoStore", "RabbitBroker", "ScriptedEnds", "Simulation", "TestKit",
      "TestServers",
    ]),
  serverTests(
    "CommandServerTests", ["CommandHarness", "ReplayHarness", "TestServers"]),
  serverTests(
    "InspectorServerTests",
    [
      "BSON", "CommandHarness", "FaultInjection", "Inspector", "LiveHarness", "Pipeline", "RabbitBroker",
      "TestKit",
      "TestServers", "Updates", "chat3-update-worker",
    ],
    exclude: ["actions_test.py", "browser_test.py", "live_test.py"]),
  serverTests(
    "OperationsServerTests",
    [
      "BSON", "MongoStore", "Operations", "Pipeline", "RabbitBroker", "Updates", "LiveHarness",
      "MonitoringFiles", "SpecModel", "TestKit", "TestServers",
    ]),
  serverTests(
    "LiveTests", ["FaultInjection", "LiveHarness", "TestKit", "consume-updates"]),
  serverTests(
    "FaultTests", ["FaultInjection", "LiveHarness", "SpecModel", "TestServers"]),
]

let testTools: [Target] = [
  tool(
    "Fuzzing", in: "Tests/Tools",
    [
      "BSON", "CMongoC", "MongoStore", "Pipeline", "RabbitBroker", "SpecCases", "SpecModel", "TestKit",
      "Timelines",
      "Updates",
    ], settings: optimised),
  .target(name: "CMutexOrder", path: "Tests/Tools/CMutexOrder"),
  .target(name: "CTaskHook", path: "Tests/Tools/CTaskHook"),
  tool(
    "Simulation", in: "Tests/Tools",
    ["CTaskHook", "Maintenance", "Pipeline", "RabbitBroker", "ScriptedEnds", "SpecModel"], settings: optimised
  ),
  tool("FaultInjection", in: "Tests/Tools", ["LiveHarness", "SpecModel", "EmbeddedStore"]),
  program("fuzz", in: "Tests/Tools", ["Fuzzing", argumentParser]),
  program("fault-injection", in: "Tests/Tools", ["FaultInjection", argumentParser]),
  program("simulate", in: "Tests/Tools", ["Simulation", argumentParser]),
]

let benchmarks: [Target] = [
  program("make-timeline", in: "Benchmarks", [argumentParser]),
  program("plan-benchmark", in: "Benchmarks", ["BSON", "Updates", "Pipeline", argumentParser]),
  program("simulated-database", in: "Benchmarks", ["BSON", argumentParser]),
  program(
    "live-benchmark", in: "Benchmarks",
    [
      "BSON", "Updates", "Pipeline", "EmbeddedStore", "TestServers", "CMongoC", "CRabbitMQ", argumentParser,
      "simulated-database",
    ]),
]

let examples: [Target] = [
  program("consume-updates", in: "Examples", ["CRabbitMQ", argumentParser])
]

let package = Package(
  name: "chat3-update-worker",
  products: [.executable(name: "chat3-update-worker", targets: ["chat3-update-worker"])],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: systemLibraries + rooms + testSupport + tests + testTools + benchmarks + examples,
  swiftLanguageModes: [.v6]
)
