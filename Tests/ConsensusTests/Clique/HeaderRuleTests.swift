import Chain
import Consensus
import EthCrypto
import Primitives
import SansIO
import Storage
import Testing

/// Each rule of consensus.md, section 2.1, broken by itself in an otherwise valid and sealed header.
struct HeaderRuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var rule: HeaderRule
        /// The block that is broken: 3 is ordinary, 4 a checkpoint.
        var number = 3
        var isLondon = false
        var signer: Character?
        var change: @Sendable (inout Header) -> Void
    }

    static let cases: [Case] = [
        .init(testDescription: "vote in a checkpoint", rule: .checkpointVote, number: 4) {
            $0.beneficiary = CliqueFixture.address("B")
        },
        .init(testDescription: "nonce 1", rule: .voteNonce) { $0.nonce = 1 },
        .init(testDescription: "nonce with one bit missing", rule: .voteNonce) { $0.nonce = .max - 1 },
        .init(testDescription: "authorizing nonce in a checkpoint", rule: .checkpointVote, number: 4) {
            $0.nonce = .max
        },
        .init(testDescription: "no extra data", rule: .extraData) { $0.extraData = [] },
        .init(testDescription: "no room for the vanity", rule: .extraData) { $0.extraData.removeFirst() },
        .init(testDescription: "signers in an ordinary block", rule: .extraData) {
            $0.extraData.insert(contentsOf: CliqueFixture.address("A").bytes, at: 32)
        },
        .init(testDescription: "a byte too many", rule: .extraData) { $0.extraData.insert(0, at: 32) },
        .init(testDescription: "a part of a signer in a checkpoint", rule: .extraData, number: 4) {
            $0.extraData.remove(at: 32)
        },
        .init(testDescription: "no signers in a checkpoint", rule: .checkpointSigners, number: 4) {
            $0.extraData.removeSubrange(32..<92)
        },
        .init(testDescription: "another signer in a checkpoint", rule: .checkpointSigners, number: 4) {
            $0.extraData[40] ^= 1
        },
        .init(testDescription: "signers of a checkpoint descend", rule: .checkpointSigners, number: 4) {
            let last = Array($0.extraData[72..<92])
            $0.extraData.removeSubrange(72..<92)
            $0.extraData.insert(contentsOf: last, at: 32)
        },
        .init(testDescription: "mix hash", rule: .mixHash) { $0.mixHash = Hash32(lastByte: 1) },
        .init(testDescription: "ommers", rule: .noOmmers) { $0.ommersHash = .emptyTrieRoot },
        .init(testDescription: "difficulty 0", rule: .difficulty) { $0.difficulty = 0 },
        .init(testDescription: "difficulty 3", rule: .difficulty) { $0.difficulty = 3 },
        .init(testDescription: "huge difficulty", rule: .difficulty) { $0.difficulty = .max },
        .init(testDescription: "in turn as if it were not", rule: .difficulty) { $0.difficulty = 3 &- $0.difficulty },
        .init(testDescription: "gas limit 2^63", rule: .gasLimitRange) { $0.gasLimit = 1 << 63 },
        .init(testDescription: "withdrawals", rule: .forkFields, isLondon: true) {
            $0.withdrawalsRoot = .emptyTrieRoot
        },
        .init(testDescription: "blobs", rule: .forkFields, isLondon: true) {
            $0.withdrawalsRoot = .emptyTrieRoot
            $0.blobGasUsed = 0
        },
        .init(testDescription: "parent hash", rule: .parent) { $0.parentHash = Hash32(lastByte: 1) },
        .init(testDescription: "number too high", rule: .parent) { $0.number += 2 },
        .init(testDescription: "number too low", rule: .parent) { $0.number -= 1 },
        .init(testDescription: "before the period is over", rule: .timestamp) { $0.timestamp -= 1 },
        .init(testDescription: "timestamp 0", rule: .timestamp) { $0.timestamp = 0 },
        .init(testDescription: "more gas used than allowed", rule: .gasUsed) { $0.gasUsed = $0.gasLimit + 1 },
        .init(testDescription: "gas limit jumps up", rule: .gasLimit) { $0.gasLimit += $0.gasLimit / 1024 },
        .init(testDescription: "gas limit jumps down", rule: .gasLimit) { $0.gasLimit -= $0.gasLimit / 1024 },
        .init(testDescription: "base fee before London", rule: .baseFee) { $0.baseFeePerGas = 7 },
        .init(testDescription: "no base fee in London", rule: .baseFee, isLondon: true) { $0.baseFeePerGas = nil },
        .init(testDescription: "wrong base fee", rule: .baseFee, isLondon: true) {
            $0.baseFeePerGas = $0.baseFeePerGas.map { $0 &+ 1 }
        },
        .init(testDescription: "a stranger signs", rule: .unauthorizedSigner, signer: "X") { _ in },
        .init(testDescription: "the signer of the block before", rule: .signedRecently, signer: "B") { _ in },
    ]

    /// Blocks 1 and 2 by A and B, 3 by C, 4 a checkpoint by A.
    private func node(upTo number: Int, isLondon: Bool) throws -> (CliqueFixture, Character) {
        let node = try CliqueFixture(signers: "ABC", epoch: 4, isLondon: isLondon)
        let order: [Character] = ["A", "B", "C", "A"]
        for letter in order[..<(number - 1)] { try node.add(try node.block(on: try node.head(), by: letter)) }
        return (node, order[number - 1])
    }

    @Test("a broken rule is named", arguments: cases)
    func broken(rule: Case) throws {
        let (node, usual) = try node(upTo: rule.number, isLondon: rule.isLondon)
        let parent = try node.head()
        let signer = rule.signer ?? usual
        // The same without the change is valid.
        if rule.signer == nil {
            try node.engine.verify(
                try node.block(on: parent, by: signer).header, parent: parent, chain: node.chain, now: node.now)
        }
        var header = try node.draft(on: parent, by: signer)
        rule.change(&header)
        if let sealed = try? CliqueHeader.sealed(header, with: CliqueFixture.key(signer)) { header = sealed }
        #expect(throws: ConsensusError.brokenRule(rule.rule)) {
            try node.engine.verify(header, parent: parent, chain: node.chain, now: node.now)
        }
    }

    @Test("a seal that is none, or was made for something else")
    func seals() throws {
        let (node, signer) = try node(upTo: 3, isLondon: false)
        let parent = try node.head()
        let valid = try node.block(on: parent, by: signer).header
        func verify(_ header: Header) throws {
            try node.engine.verify(header, parent: parent, chain: node.chain, now: node.now)
        }
        try verify(valid)
        for (last, rule) in [(4, HeaderRule.seal), (27, .seal), (255, .seal)] as [(UInt8, HeaderRule)] {
            var header = valid
            header.extraData[header.extraData.count - 1] = last
            #expect(throws: ConsensusError.brokenRule(rule)) { try verify(header) }
        }
        var zero = valid
        for index in zero.extraData.indices.suffix(65) { zero.extraData[index] = 0 }
        #expect(throws: ConsensusError.brokenRule(.seal)) { try verify(zero) }
        // Any change after the seal makes it somebody else's, if anybody's.
        var changed = valid
        changed.stateRoot = Hash32(lastByte: 1)
        #expect(throws: ConsensusError.self) { try verify(changed) }
        #expect(try CliqueHeader.signer(of: changed) != CliqueFixture.address(signer))
    }

    @Test("a high s is taken, as by go-ethereum")
    func highS() throws {
        let (node, signer) = try node(upTo: 3, isLondon: false)
        let parent = try node.head()
        var header = try node.block(on: parent, by: signer).header
        let order = try #require(
            UInt256("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"))
        let s = try #require(Hash32(header.extraData.suffix(33).dropLast()))
        let other = try #require(order.subtracting(UInt256(bigEndian: s))).bigEndian
        header.extraData.replaceSubrange(
            (header.extraData.count - 33)..<(header.extraData.count - 1), with: other.bytes)
        header.extraData[header.extraData.count - 1] ^= 1
        let verified = try node.engine.verify(header, parent: parent, chain: node.chain, now: node.now)
        #expect(verified.author == CliqueFixture.address(signer))
    }

    @Test("a block from the future is refused until its time, with a second to spare")
    func future() throws {
        let (node, signer) = try node(upTo: 3, isLondon: false)
        let parent = try node.head()
        let time = parent.timestamp + 50
        let header = try node.block(on: parent, by: signer) { $0.timestamp = time }.header
        let due = Instant(unixSeconds: time)
        func verify(at now: Instant) throws {
            try node.engine.verify(header, parent: parent, chain: node.chain, now: now)
        }
        #expect(throws: ConsensusError.futureBlock(until: due)) { try verify(at: due + .milliseconds(-1001)) }
        try verify(at: due + .milliseconds(-1000))
        try verify(at: due)
        // Before its time only what a signer has sealed is worth keeping.
        let stranger = try node.block(on: parent, by: "X") { $0.timestamp = time }.header
        #expect(throws: ConsensusError.brokenRule(.unauthorizedSigner)) {
            try node.engine.verify(stranger, parent: parent, chain: node.chain, now: node.now)
        }
        let never = try node.block(on: parent, by: signer) { $0.timestamp = .max }.header
        #expect(throws: ConsensusError.futureBlock(until: .distantFuture)) {
            try node.engine.verify(never, parent: parent, chain: node.chain, now: node.now)
        }
    }

    @Test("a vote for and against in ordinary blocks, and any beneficiary without one")
    func votes() throws {
        let (node, signer) = try node(upTo: 3, isLondon: false)
        let parent = try node.head()
        for authorizes in [true, false] {
            for letter in "ABZ" {
                let vote = CliqueProposal(subject: CliqueFixture.address(letter), authorizes: authorizes)
                let block = try node.block(on: parent, by: signer, vote: vote)
                try node.engine.verify(block.header, parent: parent, chain: node.chain, now: node.now)
            }
        }
    }
}
