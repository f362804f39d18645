import Testing

@testable import Cluster

@Suite("The ports of a cluster")
struct PortPlanTests {
    static func plan(
        _ nodes: Int, base: Int? = nil, rpcBase: Int? = nil, kept: PortPlan? = nil, taken: Set<UInt16> = [],
        range: Range<Int> = 10_000..<10_100
    ) throws -> PortPlan {
        var random = SystemRandomNumberGenerator()
        return try PortPlan(nodes: nodes, base: base, rpcBase: rpcBase, kept: kept, range: range, random: &random) {
            taken.contains($0) ? .inUse : nil
        }
    }

    @Test func nodesFollowTheFirst() throws {
        let plan = try Self.plan(3, base: 30303, rpcBase: 8545)
        #expect(plan.p2p == [30303, 30304, 30305])
        #expect(plan.rpc == [8545, 8546, 8547])
        #expect(try Self.plan(4, base: 65532).p2p.last == 65535)
    }

    /// A port that would wrap, from either side.
    @Test(arguments: [(65533, nil), (nil, 65533), (65535, 8545)] as [(Int?, Int?)])
    func portsThatWrapAreRefused(_ base: Int?, _ rpcBase: Int?) {
        #expect { try Self.plan(4, base: base, rpcBase: rpcBase) } throws: { error in
            "\(error)".contains("65532 or less")
                && "\(error)".contains(base == nil ? "--http.port 65533" : "--port 6553")
        }
    }

    @Test(arguments: [0, nil] as [Int?])
    func zeroAndNoneAreFreePorts(_ base: Int?) throws {
        for _ in 0..<20 {
            let taken: Set<UInt16> = [10_010, 10_050]
            let plan = try Self.plan(5, base: base, rpcBase: base, taken: taken)
            let all = plan.p2p + plan.rpc
            #expect(Set(all).count == 10)
            #expect(Set(all).isDisjoint(with: taken) && all.allSatisfy { (10_000..<10_100).contains(Int($0)) })
        }
    }

    @Test func freePortsKeepOutOfTheWayOfGivenOnes() throws {
        for _ in 0..<20 {
            let plan = try Self.plan(4, base: 10_002, range: 10_000..<10_012)
            #expect(Set(plan.rpc).isDisjoint(with: plan.p2p))
        }
    }

    @Test func keptPortsAreKeptUnlessOthersAreGiven() throws {
        let kept = try Self.plan(3)
        #expect(try Self.plan(3, kept: kept) == kept)
        #expect(try Self.plan(3, base: 0, rpcBase: 0, kept: kept) == kept)
        let moved = try Self.plan(3, base: 30303, kept: kept)
        #expect(moved.p2p == [30303, 30304, 30305])
        #expect(moved.rpc == kept.rpc)
    }

    @Test func aPortInUseIsNamedWithItsNode() throws {
        #expect { try Self.plan(4, base: 10_000, taken: [10_002]) } throws: { error in
            ["port 10002", "node3", "in use", "--port"].allSatisfy("\(error)".contains)
        }
        let kept = try Self.plan(3)
        #expect { try Self.plan(3, kept: kept, taken: [kept.rpc[1]]) } throws: { error in
            ["port \(kept.rpc[1])", "node2", "--http.port"].allSatisfy("\(error)".contains)
        }
    }

    @Test func bothSidesCannotHaveOnePort() {
        #expect { try Self.plan(4, base: 10_000, rpcBase: 10_003) } throws: { "\($0)".contains("port 10003") }
    }

    @Test func noFreePortsIsAnError() {
        #expect { try Self.plan(60) } throws: { "\($0)".contains("no 60 consecutive free ports") }
    }
}
