import CommandHarness
import Foundation
import MonitoringFiles
import TestKit
import Testing
import TestTraits

/// `operations/kubernetes`: the manifests are what Kubernetes takes, and fit each other and the worker.
@Suite(.bounded) struct ManifestTests {
  private static let folder = Repository.file("operations/kubernetes")

  /// The parts of a Deployment that must fit other things.
  private struct Deployment: Decodable {
    struct Spec: Decodable {
      struct Template: Decodable {
        struct Metadata: Decodable { let labels: [String: String] }
        let metadata: Metadata
        let spec: Pod
      }
      let template: Template
    }
    struct Pod: Decodable {
      let terminationGracePeriodSeconds: Int
      let containers: [Container]
    }
    struct Container: Decodable {
      struct Variable: Decodable {
        let name: String
        let value: String
      }
      struct Port: Decodable {
        let name: String
        let containerPort: Int
      }
      struct Probe: Decodable {
        struct Request: Decodable { let path, port: String }
        let httpGet: Request
      }
      let args: [String]
      let env: [Variable]
      let ports: [Port]
      let startupProbe, livenessProbe, readinessProbe: Probe
    }
    let spec: Spec
  }

  private struct Selecting: Decodable {
    struct Spec: Decodable {
      struct Selector: Decodable { let matchLabels: [String: String] }
      let selector: Selector
    }
    let spec: Spec
  }

  private func document<Document: Decodable>(_ type: Document.Type, _ name: String) throws -> Document {
    let json = try YAML.json(Self.folder.appendingPathComponent(name))
    return try #require(try JSONDecoder().decode([Document].self, from: json).first)
  }

  private func validate(_ paths: [String]) throws -> CommandResult {
    try Command().run(
      try YAML.kubernetesValidator(), ["--strict", "-k", "1.32.0"] + paths)
  }

  @Test(arguments: ["deployment.yaml", "poddisruptionbudget.yaml"])
  func `a manifest keeps to the schema of its kind`(name: String) throws {
    let validated = try validate([Self.folder.appendingPathComponent(name).path])
    #expect(validated.status == 0, "\(validated.output)\(validated.errors)")
  }

  @Test func `the validation notices a field that does not exist`() throws {
    let text = try String(contentsOf: Self.folder.appendingPathComponent("deployment.yaml"), encoding: .utf8)
    let path = try Command()
    let changed = try path.write(
      "deployment.yaml", text.replacing("readinessProbe:", with: "readynessProbe:"))
    #expect(try validate([changed]).status != 0)
  }

  @Test func `the kustomization names all manifests of the folder`() throws {
    struct Kustomization: Decodable { let resources: [String] }
    let named = try document(Kustomization.self, "kustomization.yaml").resources
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(named.sorted() == files.filter { $0 != "kustomization.yaml" }.sorted())
  }

  @Test func `probes ask the port and the paths that the worker has`() throws {
    let deployment = try document(Deployment.self, "deployment.yaml")
    let container = try #require(deployment.spec.template.spec.containers.first)
    let address = try #require(container.env.first { $0.name == "UPDATE_WORKER_HTTP" }).value
    let port = try #require(container.ports.first)
    #expect(address == "0.0.0.0:\(port.containerPort)")
    let probes = [container.startupProbe, container.livenessProbe, container.readinessProbe].map(\.httpGet)
    #expect(probes.map(\.path) == ["/health/started", "/health/live", "/health/ready"])
    #expect(probes.allSatisfy { $0.port == port.name })
    #expect(container.args.first == "run")
  }

  @Test func `the pod gets more time to stop than the grace period`() throws {
    let pod = try document(Deployment.self, "deployment.yaml").spec.template.spec
    #expect(pod.terminationGracePeriodSeconds > 25)
  }

  @Test(arguments: ["poddisruptionbudget.yaml", "podmonitor.yaml"])
  func `what selects pods selects those of the deployment`(name: String) throws {
    let labels = try document(Deployment.self, "deployment.yaml").spec.template.metadata.labels
    let selected = try document(Selecting.self, name).spec.selector.matchLabels
    #expect(!selected.isEmpty && selected.allSatisfy { labels[$0.key] == $0.value })
  }
}
