import Chain
import Primitives
import Testing

@testable import Sync

struct AncestorSearchTests {
    private static let main = TestChain(length: 3000, emptyEvery: 0)

    /// Plays the search between two chains that part after block `shared`.
    private func search(local: Int, remote: Int, shared: Int) throws -> (
        ancestor: UInt64, requests: Int, followers: Int
    ) {
        let theirs = Self.main.branch(after: shared, length: remote - shared, salt: 9)
        let limits = DownloadLimits.standard
        var search = AncestorSearch(
            genesis: BlockReference(number: 0, hash: TestChain.genesis.hash), top: UInt64(min(local, remote)),
            limits: limits)
        var requests = 0
        while requests < 50 {
            requests += 1
            let probe = search.probe
            let numbers = (0..<probe.limit).map { Int(probe.start) + $0 * Int(probe.step) }.filter { $0 <= remote }
            let headers = numbers.map { theirs.blocks[$0].header }
            let hashes = numbers.map { theirs.blocks[$0].hash }
            #expect(search.accepts(headers, hashes: hashes))
            let known = numbers.lastIndex { $0 <= shared }
            switch search.narrow(headers, hashes: hashes, known: known) {
            case .ask: continue
            case .found(let ancestor, let followers):
                #expect(ancestor.hash == Self.main.blocks[Int(ancestor.number)].hash)
                for (index, header) in followers.enumerated() {
                    #expect(header.number == ancestor.number + 1 + UInt64(index))
                }
                return (ancestor.number, requests, followers.count)
            }
        }
        throw SearchDidNotEnd()
    }

    struct SearchDidNotEnd: Error {}

    @Test(
        "finds the last common block, at once where the fork is shallow",
        arguments: [
            // local, remote, shared, requests, headers that come with the answer
            (0, 500, 0, 1, 192),
            (100, 100, 100, 1, 0),
            (100, 101, 100, 1, 1),
            (1000, 2000, 1000, 1, 160),
            (1000, 2000, 980, 1, 180),
            (1000, 2000, 969, 1, 191),
            (1000, 2000, 968, 2, 0),
            (1000, 2000, 500, 3, 188),
            (1000, 2000, 0, 3, 192),
            (1000, 1001, 1, 3, 191),
            (20, 2000, 0, 1, 192),
            (3000, 10, 0, 1, 10),
            (3000, 10, 5, 1, 5),
            (150, 300, 3, 2, 189),
        ])
    func finds(local: Int, remote: Int, shared: Int, requests: Int, followers: Int) throws {
        let found = try search(local: local, remote: remote, shared: shared)
        #expect(found == (UInt64(shared), requests, followers))
    }

    @Test("takes few requests for any depth")
    func isQuick() throws {
        for shared in stride(from: 0, through: 2950, by: 211) {
            let found = try search(local: 3000, remote: 2990, shared: shared)
            #expect(found.ancestor == UInt64(shared))
            #expect(found.requests <= 3)
        }
    }

    @Test("halves nothing of two million blocks: three requests")
    func scalesToLongChains() {
        var search = AncestorSearch(
            genesis: BlockReference(number: 0, hash: .zero), top: 2_000_000, limits: .standard)
        let shared: UInt64 = 1_234_567
        var requests = 1
        loop: while requests < 50 {
            let probe = search.probe
            var headers: [Header] = []
            for index in 0..<UInt64(probe.limit) {
                var header = Header()
                header.number = probe.start + index * probe.step
                headers.append(header)
            }
            let hashes = headers.map { Hash32(filledWith: UInt8(truncatingIfNeeded: $0.number)) }
            switch search.narrow(headers, hashes: hashes, known: headers.lastIndex { $0.number <= shared }) {
            case .ask: requests += 1
            case .found(let ancestor, _):
                #expect(ancestor.number == shared)
                break loop
            }
        }
        #expect(requests <= 4)
    }

    @Test("ends however a peer answers, and never asks above what both may have")
    func endsWithAnyAnswers() {
        var seed: UInt64 = 1
        func random(_ below: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((seed >> 33) % UInt64(max(1, below)))
        }
        for round in 0..<500 {
            let top = UInt64([0, 1, 31, 32, 33, 500, 1_000_000, Int.max][round % 8])
            var search = AncestorSearch(
                genesis: BlockReference(number: 0, hash: .zero), top: top, limits: .standard)
            var requests = 0
            var isOver = false
            while !isOver {
                requests += 1
                #expect(requests < 40)
                if requests >= 40 { return }
                let probe = search.probe
                #expect(probe.start <= top + 1 && probe.step > 0 && probe.limit > 0)
                var headers: [Header] = []
                for index in 0..<UInt64(random(probe.limit + 1)) {
                    var header = Header()
                    header.number = probe.start + index * probe.step
                    headers.append(header)
                }
                let known = random(3) == 0 ? nil : headers.indices.last.map { random($0 + 1) }
                let hashes = headers.map { _ in Hash32.zero }
                if case .found = search.narrow(headers, hashes: hashes, known: known) { isOver = true }
            }
        }
    }

    @Test("refuses what was not asked for")
    func refuses() {
        let chain = TestChain(length: 300)
        let search = AncestorSearch(
            genesis: BlockReference(number: 0, hash: TestChain.genesis.hash), top: 100, limits: .standard)
        #expect(search.probe == .init(start: 69, step: 1, limit: 192))
        func accepts(_ headers: [Header]) -> Bool { search.accepts(headers, hashes: headers.map(\.hash)) }
        #expect(accepts(Array(chain.headers[69..<261])))
        #expect(accepts([]))
        #expect(!accepts(Array(chain.headers[69..<262])))
        #expect(!accepts(Array(chain.headers[70..<100])))
        #expect(!accepts(Array(chain.headers[69..<80] + chain.headers[81..<90])))
        var cut = Array(chain.headers[69..<90])
        cut[10].extraData = [77]
        #expect(!accepts(cut))
        // From block 1 on, the first must follow genesis.
        let fromStart = AncestorSearch(
            genesis: BlockReference(number: 0, hash: .zero), top: 5, limits: .standard)
        let headers = Array(chain.headers[1..<10])
        #expect(!fromStart.accepts(headers, hashes: headers.map(\.hash)))
    }
}
