/// Prepares the process for simulations.
package enum SimulationThread {
  /// From now on every task of this process runs on the thread that runs a ``Simulation``, and nowhere else.
  package static func takeOver() { TaskQueue.install() }
}
