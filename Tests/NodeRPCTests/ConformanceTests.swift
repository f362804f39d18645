import Foundation
import TestVectors
import Testing

/// The tests of github.com/ethereum/execution-apis, whose answers are go-ethereum's, on their chain.
///
/// They are found where `STARLING_RPC_TESTS` says: the folder `tests` of that repository, at the commit that the vectors'
/// chain is from.
@Suite(
    "The Ethereum execution API's own tests",
    .enabled(
        if: TestVectors.isPresent && ConformanceNode.folder != nil,
        "set STARLING_RPC_TESTS to the folder tests of ethereum/execution-apis"))
struct ConformanceTests {
    /// What this node answers and has the data for; the rest is left out for a reason.
    static let methods = [
        "eth_blockNumber", "eth_chainId", "net_version", "eth_syncing", "eth_getBlockByNumber", "eth_getBlockByHash",
        "eth_getBlockTransactionCountByNumber", "eth_getBlockTransactionCountByHash", "eth_getBlockReceipts",
        "eth_getTransactionByHash", "eth_getTransactionByBlockNumberAndIndex",
        "eth_getTransactionByBlockHashAndIndex", "eth_getTransactionReceipt", "eth_getBalance", "eth_getCode",
        "eth_getStorageAt", "eth_getTransactionCount", "eth_estimateGas", "eth_feeHistory",
    ]

    static let skipped: [String: String] = [
        "get-finalized.io": "no finality", "get-safe.io": "no finality",
        "estimate-call-abi-error.io": "needs an EVM", "estimate-failed-call.io": "needs an EVM",
        "estimate-successful-call.io": "needs an EVM", "estimate-with-eip7702.io": "needs an EVM",
        // The state is known at the head only.
        "get-balance-blockhash.io": "an old state",
    ]

    @Test func answersAreGoEthereums() async throws {
        let folder = URL(fileURLWithPath: try #require(ConformanceNode.folder))
        let node = try ConformanceNode(folder)
        var count = 0
        try await withServer(node) { (client) async throws in
            for method in Self.methods {
                let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + method).sorted()
                for file in files where Self.skipped[file] == nil {
                    let text = try String(contentsOfFile: "\(folder.path)/\(method)/\(file)", encoding: .utf8)
                    var request: Substring?
                    for line in text.split(separator: "\n") {
                        if line.hasPrefix(">> ") { request = line.dropFirst(3) }
                        guard line.hasPrefix("<< "), let body = request else { continue }
                        let expected = try JSONValue(parsing: Array(line.dropFirst(3).utf8))
                        let found = try JSONValue(parsing: try await client.http.post(String(body)).body)
                        try Self.compare(found, expected, "\(method)/\(file)")
                        count += 1
                    }
                }
            }
        }
        #expect(count > 60)
    }

    private static func compare(_ found: JSONValue, _ expected: JSONValue, _ path: String) throws {
        switch (found, expected) {
        case (.object(let ours), .object(let theirs)):
            // This node gives the total difficulty, as older versions of go-ethereum do.
            let names = Set(ours.keys).subtracting(["totalDifficulty"])
            #expect(names == Set(theirs.keys), "\(path): \(names.symmetricDifference(theirs.keys))")
            for (name, value) in theirs {
                if let other = ours[name] { try compare(other, value, "\(path).\(name)") }
            }
        case (.array(let ours), .array(let theirs)):
            #expect(ours.count == theirs.count, "\(path)")
            for (index, pair) in zip(ours, theirs).enumerated() { try compare(pair.0, pair.1, "\(path)[\(index)]") }
        default: #expect(found == expected, "\(path)")
        }
    }
}
