/// Does `work`, then `close`, whether the work has succeeded or not; throws what the work has thrown.
func closing<Result>(
  _ work: () async throws -> Result, finally close: () async -> Void
) async throws -> Result {
  do {
    let result = try await work()
    await close()
    return result
  } catch {
    await close()
    throw error
  }
}
