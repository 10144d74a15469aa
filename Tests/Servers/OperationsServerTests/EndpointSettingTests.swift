import LiveHarness
import Operations
import TestServers
import TestTraits
import Testing

/// The setting of the endpoint, as the executable takes it.
@Suite(.bounded) struct EndpointSettingTests {
  @Test func `without the setting, several workers have ports of their own`() async throws {
    try await withInstallation { installation in
      let workers = try (0..<2).map { _ in try installation.startWorker(changing: ["UPDATE_WORKER_HTTP": ""])
      }
      var ports: [Int] = []
      for worker in workers {
        try await worker.isReady()
        // Other programs may have all usual ports.
        if worker.errors.contains("no port is free") { continue }
        let port = try await worker.endpointPort()
        ports.append(port)
        #expect(try await worker.get("/health/live").status == 200)
      }
      #expect(Set(ports).count == ports.count)
      #expect(ports.allSatisfy(EndpointSetting.usualPorts.contains))
      for worker in workers { #expect(try await worker.terminate() == .exited(0), "\(worker.errors)") }
    }
  }

  @Test func `an address that is taken ends the worker with 69 and a sentence`() async throws {
    try await withInstallation { installation in
      let first = try installation.startWorker(changing: ["UPDATE_WORKER_HTTP": "127.0.0.1:0"])
      let port = try await first.endpointPort()
      let second = try installation.startWorker("--http", "127.0.0.1:\(port)")
      #expect(try await second.ending() == .exited(69))
      let last = second.errors.split(separator: "\n").last ?? ""
      #expect(last.contains("127.0.0.1:\(port)") && last.contains("UPDATE_WORKER_HTTP"), "\(second.errors)")
      #expect(try await first.terminate() == .exited(0), "\(first.errors)")
    }
  }

  @Test func `off means that nobody listens`() async throws {
    try await withInstallation { installation in
      let worker = try installation.startWorker("--http", "off")
      try await worker.isReady()
      #expect(!worker.errors.contains("over HTTP"))
      #expect(try await worker.terminate() == .exited(0), "\(worker.errors)")
    }
  }

  @Test func `what is no address ends the worker with 64 and is named`() async throws {
    try await withInstallation { installation in
      let worker = try installation.startWorker(changing: ["UPDATE_WORKER_HTTP": "9464"])
      #expect(try await worker.ending() == .exited(64))
      #expect(worker.errors.contains("UPDATE_WORKER_HTTP is 9464"), "\(worker.errors)")
    }
  }
}
