import Foundation
import NodeRPC
import Testing

/// `docs/RPC.md` is what the tables of methods say. With `STARLING_REGENERATE=1` in the environment it is written anew.
@Suite("The reference of the methods")
struct ReferenceTests {
    static let page = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs/RPC.md")

    @Test func pageIsUpToDate() throws {
        if ProcessInfo.processInfo.environment["STARLING_REGENERATE"] == "1" {
            try Data(RPCMethod.reference.utf8).write(to: Self.page)
        }
        let found = try String(contentsOf: Self.page, encoding: .utf8)
        #expect(
            found == RPCMethod.reference,
            "write docs/RPC.md anew: STARLING_REGENERATE=1 swift test --filter ReferenceTests")
    }

    @Test func namesAreUniqueAndExplained() {
        #expect(Set(RPCMethod.all.map(\.name)).count == RPCMethod.all.count)
        for method in RPCMethod.all {
            #expect(method.summary.hasSuffix("."), "\(method.name)")
            #expect(method.name.contains("_"), "\(method.name)")
            // What may be left out is at the end.
            let required = method.parameters.map { !$0.hasSuffix("?") }
            #expect(required == required.sorted { $0 && !$1 }, "\(method.name)")
        }
        #expect(Set(RPCMethod.namespaces).count == RPCMethod.namespaces.count)
    }
}
