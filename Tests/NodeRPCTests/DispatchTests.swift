import TestVectors
import Testing

@testable import NodeRPC

@Suite("JSON-RPC 2.0 over HTTP: requests, batches, errors")
struct DispatchTests {
    /// A body and the whole answer.
    static let cases: [(body: String, answer: String)] = [
        (#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#, #"{"jsonrpc":"2.0","id":1,"result":"0x343a"}"#),
        (
            #"{"jsonrpc":"2.0","id":"a\"b","method":"net_version","params":[]}"#,
            #"{"jsonrpc":"2.0","id":"a\"b","result":"4242"}"#
        ),
        // The id comes back as it was sent.
        (
            #"{"jsonrpc":"2.0","id":12345678901234567890.50,"method":"eth_accounts","params":null}"#,
            #"{"jsonrpc":"2.0","id":12345678901234567890.50,"result":[]}"#
        ),
        (#"{"jsonrpc":"2.0","id":null,"method":"eth_mining"}"#, #"{"jsonrpc":"2.0","id":null,"result":true}"#),
        ("{", #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}"#),
        ("", #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}"#),
        ("1", #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"invalid request"}}"#),
        (
            #"{"id":1,"method":"eth_chainId"}"#,
            #"{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"invalid request"}}"#
        ),
        (
            #"{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}"#,
            #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"invalid request"}}"#
        ),
        (
            #"{"jsonrpc":"2.0","id":1,"method":5}"#,
            #"{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"invalid request"}}"#
        ),
        (
            #"{"jsonrpc":"2.0","id":1,"method":"eth_nothing"}"#,
            #"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"the method eth_nothing does not exist/is not available"}}"#
        ),
        (
            #"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":{}}"#,
            #"{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"non-array args"}}"#
        ),
        (
            #"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[1]}"#,
            #"{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"too many arguments, want at most 0"}}"#
        ),
        (
            #"{"jsonrpc":"2.0","id":1,"method":"eth_getBalance","params":[null]}"#,
            #"{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"missing value for required argument 0"}}"#
        ),
        ("[]", #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"empty batch"}}"#),
        (
            #"[{"jsonrpc":"2.0","id":1,"method":"eth_chainId"},3,{"jsonrpc":"2.0","method":"eth_chainId"},"#
                + #"{"jsonrpc":"2.0","id":2,"method":"x"}]"#,
            #"[{"jsonrpc":"2.0","id":1,"result":"0x343a"},"#
                + #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"invalid request"}},"#
                + #"{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"the method x does not exist/is not available"}}]"#
        ),
    ]

    @Test func answers() async throws {
        try await withServer(try TestNode()) { (client) async throws in
            for (body, answer) in Self.cases {
                let reply = try await client.http.post(body)
                #expect(reply.status == 200)
                #expect(reply.text == answer)
            }
        }
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","method":"eth_chainId"}"#, #"{"jsonrpc":"2.0","method":"eth_nothing"}"#,
        #"[{"jsonrpc":"2.0","method":"eth_chainId"},{"jsonrpc":"2.0","method":"x"}]"#,
    ])
    func notificationsGetNoAnswer(_ body: String) async throws {
        try await withServer(try TestNode()) { (client) async throws in
            let reply = try await client.http.post(body)
            #expect(reply.status == 204)
            #expect(reply.body.isEmpty)
        }
    }

    @Test func batchesAreBounded() async throws {
        var options = RPCOptions()
        options.maxBatchCount = 3
        options.maxResponseBytes = 80
        let call = #"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#
        try await withServer(try TestNode(), options) { (client) async throws in
            let tooMany = try await client.http.post("[\(call),\(call),\(call),\(call)]")
            #expect(tooMany.text.contains(#""code":-32600,"message":"batch too large""#))
            // Two answers of 43 bytes exceed 80, so the third call is refused.
            let tooLarge = try await client.http.post("[\(call),\(call),\(call)]")
            let answers = try #require(try JSONValue(parsing: tooLarge.body).array)
            #expect(answers.map { $0["result"]?.string } == ["0x343a", "0x343a", nil])
            #expect(answers[2]["error"]?["code"]?.int == -32003)
            #expect(answers[2]["id"]?.int == 1)
        }
    }

    @Test func onlyEnabledNamespacesAnswer() async throws {
        var options = RPCOptions()
        options.namespaces = ["eth", "rpc"]
        try await withServer(try TestNode(), options) { (client) async throws in
            #expect(try await client.error("admin_peers").code == -32601)
            #expect(try await client.result("rpc_modules") == .object(["eth": .string("1.0"), "rpc": .string("1.0")]))
        }
    }

    @Test func whatChangesTheNodeMustBeAskedFor() async throws {
        let node = try TestNode()
        try await withServer(node) { (client) async throws in
            for method in RPCMethod.all where method.changesNode {
                let error = try await client.error(method.name, #""enode://""#)
                #expect(error.code == -32601)
                #expect(error.message.hasPrefix("the method \(method.name) does not exist/is not available: "))
                #expect(error.message.contains("--http.api"))
            }
            _ = try await client.result("admin_peers")
        }
        #expect(node.look { $0.added.isEmpty && $0.removed.isEmpty })
    }

    @Test func enabledMethods() {
        func names(_ namespaces: [String]?, _ host: String) -> Set<String> {
            Set(RPCMethod.enabled(namespaces, on: host).map(\.name))
        }
        let changing: Set = ["admin_addPeer", "admin_removePeer"]
        #expect(Set(RPCMethod.all.filter(\.changesNode).map(\.name)) == changing)
        for host in ["127.0.0.1", "127.9.9.9", "::1", "localhost"] {
            #expect(names(nil, host) == Set(RPCMethod.all.map(\.name)).subtracting(changing), "\(host)")
        }
        for host in ["0.0.0.0", "::", "192.168.1.2", "node.example", "localhost.example", ""] {
            let spaces = Set(RPCMethod.enabled(nil, on: host).map { String($0.namespace) })
            #expect(spaces == Set(RPCMethod.openNamespaces), "\(host)")
        }
        #expect(names(["admin"], "0.0.0.0") == changing.union(["admin_nodeInfo", "admin_peers"]))
        #expect(names([], "127.0.0.1").isEmpty)
    }

    /// Whatever a client sends as parameters, it gets an answer and the server lives.
    @Test func noParameterTraps() async throws {
        let values = [
            "null", "true", "0", "-1", "1e400", #""""#, #""0x""#, #""0xg""#, #""latest""#, #""0xffffffffffffffffff""#,
            #""0x8000000000000000""#, "[]", "{}", #"[[],{"a":0}]"#, #"{"blockHash":"0x00"}"#, #"{"to":5}"#,
            #""0x\#(String(repeating: "ff", count: 32))""#, #""0x\#(String(repeating: "00", count: 20))""#,
        ]
        let node = try TestNode()
        try node.seal()
        var options = RPCOptions()
        options.namespaces = RPCMethod.namespaces
        try await withServer(node, options) { (client) async throws in
            for method in RPCMethod.all {
                let calls = values.flatMap { value in
                    (0...3).map { count in
                        let parameters = Array(repeating: value, count: count).joined(separator: ",")
                        return #"{"jsonrpc":"2.0","id":1,"method":"\#(method.name)","params":[\#(parameters)]}"#
                    }
                }
                let reply = try await client.http.post("[" + calls.joined(separator: ",") + "]")
                let answers = try #require(try JSONValue(parsing: reply.body).array)
                #expect(answers.count == calls.count)
                for answer in answers { #expect((answer["result"] == nil) != (answer["error"] == nil)) }
            }
            #expect(try await client.result("eth_blockNumber").string == "0x1")
        }
    }
}
