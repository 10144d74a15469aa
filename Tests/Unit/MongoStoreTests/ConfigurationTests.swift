import MongoStore
import Testing

@Suite("MONGODB_URI (spec section 10)")
struct ConfigurationTests {
  @Test(
    "the database is the one the URI names, else chat3",
    arguments: [
      ("mongodb://h", "chat3"), ("mongodb://h/", "chat3"), ("mongodb://h:1,i:2/own?replicaSet=r", "own"),
      ("mongodb+srv://h.example.org/own", "own"),
    ])
  func database(uri: String, name: String) throws {
    #expect(try MongoConfiguration(uri: uri).database == name)
  }

  @Test("the description shows no credentials")
  func description() throws {
    let configuration = try MongoConfiguration(uri: "mongodb://us%40er:p%2Fw@h:27018,i/own?authSource=admin")
    #expect(configuration.description == "h:27018,i:27017/own")
    #expect(!"\(configuration)".contains("er:") && !"\(configuration)".contains("@"))
  }

  @Test(
    "what is no connection string is refused in a sentence without credentials",
    arguments: [
      "", "h:27017", "http://user:s3cret@h", "mongodb://", "mongodb://user:s3cret@h:99999/",
      "mongodb://user:s3cret:x@h/", "mongodb://user:s3cret@/", "mongodb+srv://user:s3cret@one,two/",
    ])
  func invalid(uri: String) {
    let error = #expect(throws: MongoStoreError.self) { try MongoConfiguration(uri: uri) }
    #expect(error?.code == .invalidConfiguration && error?.isRetryable == false)
    #expect(error?.message.contains("s3cret") == false && error?.message.contains("MONGODB_URI") == true)
  }

  @Test("a URI with unacknowledged writes is refused")
  func unacknowledged() {
    let error = #expect(throws: MongoStoreError.self) { try MongoConfiguration(uri: "mongodb://h/?w=0") }
    #expect(error?.message.contains("w=0") == true)
  }
}
