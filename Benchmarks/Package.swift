// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [
    .package(name: "chat3-update-worker", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .executableTarget(
      name: "make-timeline",
      dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")]),
    .executableTarget(
      name: "plan-benchmark", dependencies: [.product(name: "UpdateWorker", package: "chat3-update-worker")]),
    .executableTarget(
      name: "live-benchmark",
      dependencies: [
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "UpdateWorker", package: "chat3-update-worker"),
        .product(name: "TestServers", package: "chat3-update-worker"),
        .product(name: "CMongoC", package: "chat3-update-worker"),
        .product(name: "CRabbitMQ", package: "chat3-update-worker"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
