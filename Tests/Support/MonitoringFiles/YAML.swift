import CommandHarness
package import Foundation
import TestServers

/// Reads YAML by way of JSON, because neither Swift nor Python alone can.
package enum YAML {
  /// The package has a validator of Kubernetes resources, its schemas, and a reader of YAML.
  private static let package = "kubernetes-validate==1.32.0"

  /// The path of a program that validates Kubernetes resources.
  package static func kubernetesValidator() throws -> String { try program("kubernetes-validate") }

  /// The documents of a file as one JSON array.
  package static func json(_ file: URL) throws -> Data {
    let script = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))"
    let read = try Command().run(try program("python3"), ["-c", script, file.path])
    guard read.status == 0 else { throw TestServerError("\(file.path) cannot be read: \(read.errors)") }
    return Data(read.output.utf8)
  }

  private static func program(_ name: String) throws -> String {
    try PythonPackage.programs(package).appendingPathComponent(name).path
  }
}
