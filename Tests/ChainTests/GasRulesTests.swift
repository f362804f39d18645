import Chain
import Primitives
import TestVectors
import Testing

@Suite struct GasRulesTests {
    private let london: ChainConfig = {
        var config = ChainConfig(chainID: 1)
        config.londonBlock = 5
        return config
    }()

    private func parent(number: UInt64 = 32, fee: UInt256? = 1_000_000_000, limit: UInt64, used: UInt64) -> Header {
        var header = Header()
        header.number = number
        header.baseFeePerGas = fee
        header.gasLimit = limit
        header.gasUsed = used
        return header
    }

    /// go-ethereum's consensus/misc/eip1559 tests: at, below and above the target; then the edges.
    @Test func baseFee() {
        func next(_ fee: UInt256, _ limit: UInt64, _ used: UInt64) -> UInt256? {
            GasRules.nextBaseFee(parent: parent(fee: fee, limit: limit, used: used), config: london)
        }
        #expect(next(1_000_000_000, 20_000_000, 10_000_000) == 1_000_000_000)
        #expect(next(1_000_000_000, 20_000_000, 9_000_000) == 987_500_000)
        #expect(next(1_000_000_000, 20_000_000, 11_000_000) == 1_012_500_000)
        #expect(next(1_000_000_000, 20_000_000, 20_000_000) == 1_125_000_000)
        #expect(next(1_000_000_000, 20_000_000, 0) == 875_000_000)
        // At least one wei up; down it may stay, and zero stays zero below the target.
        #expect(next(7, 20_000_000, 10_000_001) == 8)
        #expect(next(7, 20_000_000, 0) == 7)
        #expect(next(8, 20_000_000, 0) == 7)
        #expect(next(0, 20_000_000, 0) == 0)
        #expect(next(0, 20_000_000, 20_000_000) == 1)
        #expect(next(.max, 20_000_000, 20_000_000) == nil)
        #expect(next(5, 1, 1) == 5)
        #expect(next(5, 0, 0) == 5)
    }

    @Test func londonBlock() throws {
        let last = parent(number: 4, fee: nil, limit: 10_000_000, used: 0)
        #expect(GasRules.nextBaseFee(parent: last, config: london) == 1_000_000_000)
        #expect(GasRules.nextBaseFee(parent: parent(fee: nil, limit: 1, used: 0), config: london) == nil)
        var first = parent(number: 5, limit: 20_000_000, used: 20_000_000)
        try GasRules.check(first, parent: last, config: london)
        first.baseFeePerGas = 999_999_999
        #expect(throws: ChainError.wrongBaseFee) { try GasRules.check(first, parent: last, config: london) }
        first.baseFeePerGas = nil
        #expect(throws: ChainError.wrongBaseFee) { try GasRules.check(first, parent: last, config: london) }
        first.baseFeePerGas = 1_000_000_000
        first.gasLimit = 10_000_000
        first.gasUsed = 0
        #expect(throws: ChainError.gasLimitOutOfBounds) { try GasRules.check(first, parent: last, config: london) }
        #expect(GasRules.nextGasLimit(parent: last, desired: 20_000_000, config: london) == 20_000_000)
        // Before London a base fee is an error.
        let early = parent(number: 3, fee: nil, limit: 10_000_000, used: 0)
        try GasRules.check(last, parent: early, config: london)
        #expect(throws: ChainError.wrongBaseFee) {
            try GasRules.check(parent(number: 4, fee: 1, limit: 10_000_000, used: 0), parent: early, config: london)
        }
        #expect(throws: ChainError.gasUsedAboveLimit) {
            let header = parent(number: 4, fee: nil, limit: 10_000_000, used: 10_000_001)
            try GasRules.check(header, parent: early, config: london)
        }
    }

    @Test func gasLimitBounds() {
        #expect(GasRules.isGasLimitAllowed(10_009_764, after: 10_000_000))
        #expect(!GasRules.isGasLimitAllowed(10_009_765, after: 10_000_000))
        #expect(GasRules.isGasLimitAllowed(9_990_236, after: 10_000_000))
        #expect(!GasRules.isGasLimitAllowed(9_990_235, after: 10_000_000))
        #expect(!GasRules.isGasLimitAllowed(4_999, after: 5_000))
        #expect(GasRules.isGasLimitAllowed(5_000, after: 5_000))
        #expect(!GasRules.isGasLimitAllowed(1 << 63, after: 1 << 63))
        #expect(GasRules.isGasLimitAllowed(GasRules.maxGasLimit, after: GasRules.maxGasLimit))
    }

    /// go-ethereum's TestCalcGasLimit: a hundred steps reach the bound, one step stays within it.
    @Test func nextGasLimitIsAllowedAndApproaches() {
        for limit in [UInt64(20_000_000), 40_000_000, 5_000, 6_000] {
            for desired in [UInt64(0), limit, limit * 2, .max] {
                let next = GasRules.nextGasLimit(
                    parent: parent(limit: limit, used: 0), desired: desired, config: london)
                #expect(GasRules.isGasLimitAllowed(next, after: limit), "\(limit) \(desired) \(next)")
                #expect(desired <= limit || next > limit || limit / 1_024 == 1 || next == limit + limit / 1_024 - 1)
            }
        }
        let wide = parent(limit: 20_000_000, used: 0)
        #expect(GasRules.nextGasLimit(parent: wide, desired: 40_000_000, config: london) == 20_019_530)
        #expect(GasRules.nextGasLimit(parent: wide, desired: 0, config: london) == 19_980_470)
        #expect(GasRules.nextGasLimit(parent: wide, desired: 20_000_001, config: london) == 20_000_001)
    }

    @Test(.enabled(if: TestVectors.isPresent, noVectors)) func consecutiveMainnetBlocks() throws {
        let config = try TestNetworks.config("mainnet")
        let blocks = try SampleBlock.mainnet().map(\.header).sorted { $0.number < $1.number }
        var pairs = 0
        for (parent, header) in zip(blocks, blocks.dropFirst()) where header.number == parent.number + 1 {
            #expect(header.parentHash == parent.hash)
            try GasRules.check(header, parent: parent, config: config)
            pairs += 1
        }
        #expect(pairs == 2)
    }
}
