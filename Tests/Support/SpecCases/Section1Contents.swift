import SpecModel

/// A `dialog.update` whose dialog section holds this JSON text under `n`, and an update that holds this
/// value.
private func carries(_ name: String, _ text: String, as value: JSON, body: String? = nil) -> SpecCase {
  SpecCase(
    name, [event("dialog.update", ["dialog": ["dialogId": "d1", "n": "@"]]).replacing(#""@""#, with: text)],
    [get("DialogUpdate", everyone, ["data/dialog/n": value], body: body.map { [#""n":\#($0)"#] } ?? [])])
}

private func nested(_ levels: Int) -> String {
  // The event, data and dialog are three levels.
  String(repeating: "[", count: levels - 3) + String(repeating: "]", count: levels - 3)
}

extension SpecCase {
  @SpecCases static var contents: [SpecCase] {
    SpecCase(
      "§1 contents: keys that the worker does not know are carried through in every section",
      [
        event(
          "message.create",
          [
            "context": ["x": 1], "dialog": ["dialogId": "d1", "x": [2]],
            "member": ["userId": "carl", "x": "3", "state": ["x": 4], "meta": ["x": 5]],
            "message": m1.with(["x": ["y": ["z": .null]]]), "unknown": ["x": 6],
          ])
      ],
      [
        get(
          "MessageUpdate", ["carl"],
          [
            "data/context/x": 1, "data/dialog/x": [2], "data/member/x": "3", "data/member/state/x": 4,
            "data/member/meta/x": 5, "data/message/x": ["y": ["z": .null]],
          ], lacks: ["data/unknown"]),
        get(
          "MessageUpdate", ["alice", "bot_1"],
          lacks: ["data/member/x", "data/member/state/x", "data/unknown"]),
      ])
    SpecCase(
      "§1 contents: $where, a.b, the empty key and others that databases reserve are carried through",
      [
        event(
          "dialog.update",
          [
            "dialog": [
              "dialogId": "d1", "$where": "1", "a.b": 2, "": 3, ".": 4, "$": 5, "_id": "6", "__v": 7,
              "meta": ["$set": 8, "c.d": ["$ne": .null], "": ""],
            ]
          ])
      ],
      [
        get(
          "DialogUpdate", everyone,
          [
            "data/dialog": [
              "dialogId": "d1", "$where": "1", "a.b": 2, "": 3, ".": 4, "$": 5, "_id": "6", "__v": 7,
              "meta": ["$set": 8, "c.d": ["$ne": .null], "": ""],
            ]
          ])
      ])
    SpecCase(
      "§1 contents: {$date}, {$oid} and the like are ordinary objects",
      [
        event(
          "dialog.update",
          [
            "dialog": [
              "dialogId": "d1", "a": ["$date": "2025-01-01T00:00:00Z"],
              "b": ["$oid": "0123456789abcdef01234567"],
              "c": ["$numberLong": "5"], "d": ["$date": ["$numberLong": "5"]], "e": ["$undefined": true],
            ]
          ])
      ],
      [
        get(
          "DialogUpdate", everyone,
          [
            "data/dialog/a": ["$date": "2025-01-01T00:00:00Z"],
            "data/dialog/b": ["$oid": "0123456789abcdef01234567"], "data/dialog/c": ["$numberLong": "5"],
            "data/dialog/d": ["$date": ["$numberLong": "5"]], "data/dialog/e": ["$undefined": true],
          ], body: [#""a":{"$date":"2025-01-01T00:00:00Z"}"#])
      ])
    carries("§1 contents: null is carried through", "null", as: .null, body: "null")
    carries("§1 numbers: the largest 64-bit integer", "9223372036854775807", as: 9_223_372_036_854_775_807)
    carries("§1 numbers: the smallest 64-bit integer", "-9223372036854775808", as: -9_223_372_036_854_775_808)
    carries("§1 numbers: 2^53 + 1 keeps its last digit", "9007199254740993", as: 9_007_199_254_740_993)
    carries(
      "§1 numbers: 2^31 and -2^31 - 1", "[2147483648,-2147483649]", as: [2_147_483_648, -2_147_483_649])
    carries("§1 numbers: 2^63 is the nearest double", "9223372036854775808", as: .double(0x1p63))
    carries(
      "§1 numbers: a larger integer is the nearest double", "123456789012345678901234567890",
      as: .double(1.2345678901234568e29))
    carries(
      "§1 numbers: doubles keep their value", "[0.1,-2.5e-3,1e300,5e-324]",
      as: [0.1, -0.0025, 1e300, .double(.leastNonzeroMagnitude)])
    carries("§1 numbers: one that underflows is the nearest double", "1e-400", as: 0)
    carries("§1 strings: escapes", #""\u00e9\n\t\"\\\/\ud83d\ude00""#, as: "é\n\t\"\\/😀")
    carries("§1 strings: NUL where no id is needed", #""a\u0000b""#, as: "a\0b")
    carries(
      "§1 strings: a composed and a decomposed key are two keys", "{\"\u{E9}\":1,\"e\u{301}\":2}",
      as: [
        "\u{E9}": 1, "e\u{301}": 2,
      ])
    carries("§1 white space: anywhere that JSON allows it", " [ 1 ,\t2 , { } ]  ", as: [1, 2, [:]])
    SpecCase(
      "§1 nesting: 100 levels are allowed",
      [
        event("dialog.update", ["dialog": ["dialogId": "d1", "n": "@"]]).replacing(#""@""#, with: nested(100))
      ],
      [get("DialogUpdate")])
    SpecCase(
      "§1 nesting: 101 levels are bad, and so are very many",
      [
        event("dialog.update", ["dialog": ["dialogId": "d1", "n": "@"]])
          .replacing(#""@""#, with: nested(101)).bad("100"),
        event("dialog.update", ["dialog": ["dialogId": "d1", "n": "@"]])
          .replacing(
            #""@""#, with: String(repeating: #"{"a":"#, count: 98) + "1" + String(repeating: "}", count: 98)
          ).bad("100"),
        event("dialog.update", ["dialog": ["dialogId": "d1", "n": "@"]])
          .replacing(#""@""#, with: nested(100_000)).bad("100"),
        Line(String(repeating: "[", count: 100_000)).bad(),
        event("tenant.update", ["n": "@"]).replacing(#""@""#, with: nested(102)).bad("100"),
      ])
  }

  @SpecCases static var brokenText: [SpecCase] {
    let good = event("user.update", ["user": ["userId": "carl", "n": "@"]])
    SpecCase(
      "§1 bad: text that is not JSON",
      [
        "{", "}", "hello", "{]", #"{"a":}"#, #"{"a" 1}"#, #"{"a":1,}"#, #"{a:1}"#, #"{'a':1}"#, #"{"a":01}"#,
        #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":+1}"#, #"{"a":0x1}"#, #"{"a":tru}"#, #"{"a":"}"#, #"{"a":"\x"}"#,
        "{\"a\":\"\t\"}", #"{"a":[1,]}"#, #"{"a":1e}"#, #"{"a":"\u12"}"#, #"{} {}"#, #"{}x"#, "{}//",
      ].map { Line($0).bad() })
    SpecCase(
      "§1 bad: JSON that is not an object",
      ["[]", "null", "5", #""text""#, "true", #"[{"_id":"0123456789abcdef01234567"}]"#].map {
        Line($0).bad("object")
      })
    SpecCase(
      "§1 bad: a truncated event, wherever it is cut",
      stride(from: 1, to: good.bytes.count - 1, by: 7).map { Line(Array(good.bytes.prefix($0))).bad() })
    SpecCase(
      "§1 bad: invalid UTF-8",
      ([
        [0xFF], [0xC3], [0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
        [0xF0, 0x9F, 0x98], [0xFE, 0xFF],
      ] as [[UInt8]]).map { good.replacing("@", with: $0).bad("UTF-8") })
    SpecCase(
      "§1 bad: lone surrogates",
      [#"\ud800"#, #"\udc00"#, #"\ud83dx"#, #"\ud83d\ud83d"#, #"\ude00\ud83d"#, #"\uD83D\n"#]
        .map { good.replacing("@", with: $0).bad("surrogate") })
    SpecCase(
      "§1 bad: a lone surrogate in a key, and in an event of an ignored type",
      [
        good.replacing(#""n""#, with: #""\ud800""#).bad("surrogate"),
        event("tenant.update", ["n": "@"]).replacing("@", with: #"\udfff"#).bad("surrogate"),
      ])
    SpecCase(
      "§1 bad: NaN, Infinity and numbers that no double holds",
      ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "nan", "1" + String(repeating: "0", count: 400)]
        .map { good.replacing(#""@""#, with: $0).bad() })
    SpecCase("§1 bad: UTF-16", [Line([0xFF, 0xFE] + good.bytes.flatMap { [$0, 0] }).bad()])
    SpecCase("§1 bad: NUL bytes", [Line(Array(repeating: 0, count: 16)).bad(), Line(good.bytes + [0]).bad()])
  }
}
