// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "chat3-update-worker",
  products: [
    .executable(name: "chat3-update-worker", targets: ["chat3-update-worker"]),
    .library(name: "UpdateWorker", targets: ["BSON", "Updates", "Pipeline", "EmbeddedStore", "Timelines"]),
    // For the package in Benchmarks/.
    .library(name: "TestServers", targets: ["TestServers"]),
    .library(name: "CMongoC", targets: ["CMongoC"]),
    .library(name: "CRabbitMQ", targets: ["CRabbitMQ"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CMongoC", pkgConfig: "libmongoc-1.0", providers: [.apt(["libmongoc-dev"])]),
    .systemLibrary(
      name: "CRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
    .target(name: "BSON", dependencies: ["CMongoC"]),
    .target(
      name: "Updates", dependencies: ["BSON", .product(name: "Crypto", package: "swift-crypto")]),
    .target(
      name: "Pipeline", dependencies: ["Updates"],
      // Places to die at, for the fault injection alone: no release build has them.
      swiftSettings: [.define("CRASH_POINTS", .when(configuration: .debug))]),
    .target(
      name: "EmbeddedStore",
      dependencies: [
        "Pipeline", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(
      name: "MongoStore",
      dependencies: ["Pipeline", "CMongoC", .product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "Timelines", dependencies: ["Pipeline"]),
    .target(name: "RabbitBroker", dependencies: ["Pipeline", "CRabbitMQ"]),
    .executableTarget(
      name: "chat3-update-worker",
      dependencies: [
        "Pipeline", "EmbeddedStore", "MongoStore", "RabbitBroker", "Timelines",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    .target(name: "SpecModel", path: "Tests/SpecModel"),
    .target(
      name: "ReplayHarness", dependencies: ["EmbeddedStore", "Timelines", "SpecModel"],
      path: "Tests/ReplayHarness"),
    .testTarget(name: "BSONTests", dependencies: ["BSON", "Fuzzing", "SpecModel"]),
    .testTarget(name: "CommandTests", dependencies: ["ReplayHarness", "TestServers", "chat3-update-worker"]),
    .testTarget(
      name: "RabbitBrokerTests", dependencies: ["RabbitBroker", "LiveHarness", "TestServers", "CRabbitMQ"]),
    .testTarget(
      name: "ConformanceTests",
      dependencies: ["LiveHarness", "ReplayHarness", "MongoStore", "RabbitBroker", "TestServers"]),
    .testTarget(name: "PipelineTests", dependencies: ["ReplayHarness"]),
    .testTarget(name: "TimelinesTests", dependencies: ["ReplayHarness"]),
    .target(name: "TestServers", path: "Tests/TestServers"),
    .testTarget(name: "MongoStoreTests", dependencies: ["MongoStore", "TestServers"]),
    .target(name: "SpecCases", dependencies: ["SpecModel"], path: "Tests/SpecCases"),
    .testTarget(
      name: "SpecCasesTests", dependencies: ["SpecCases", "ReplayHarness"], path: "Tests/SpecCasesTests"),
    .target(
      name: "LiveHarness",
      dependencies: [
        "MongoStore", "RabbitBroker", "CMongoC", "CRabbitMQ", "ReplayHarness", "SpecCases", "TestServers",
      ], path: "Tests/LiveHarness"),
    .target(
      name: "Fuzzing",
      dependencies: [
        "BSON", "CMongoC", "MongoStore", "Pipeline", "RabbitBroker", "SpecCases", "SpecModel", "Timelines",
        "Updates",
      ], path: "Tests/Fuzzing"),
    .executableTarget(
      name: "fuzz",
      dependencies: ["Fuzzing", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Tests/FuzzCommand"),
    .testTarget(name: "FuzzingTests", dependencies: ["Fuzzing"]),
    .testTarget(name: "LiveTests", dependencies: ["LiveHarness", "chat3-update-worker"]),
    .target(
      name: "FaultInjection", dependencies: ["LiveHarness", "SpecModel", "EmbeddedStore"],
      path: "Tests/FaultInjection"),
    .testTarget(
      name: "FaultTests",
      dependencies: ["FaultInjection", "LiveHarness", "SpecModel", "TestServers", "chat3-update-worker"]),
    .executableTarget(
      name: "fault-injection",
      dependencies: ["FaultInjection", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Tests/fault-injection"),
  ],
  swiftLanguageModes: [.v6]
)
