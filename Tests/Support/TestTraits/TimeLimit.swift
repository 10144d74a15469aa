package import Testing

extension Trait where Self == TimeLimitTrait {
  /// Ends a test that hangs. No test needs nearly as long, not even on a busy machine.
  package static var bounded: Self { .timeLimit(.minutes(10)) }
}
