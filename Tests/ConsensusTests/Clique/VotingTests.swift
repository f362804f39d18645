import Chain
import Consensus
import Primitives
import Storage
import Testing

/// The scenarios of EIP-225 (consensus.md, section 2.4), as real blocks with real seals through the importer.
struct VotingTests {
    struct Scenario: Sendable, CustomTestStringConvertible {
        var signers: String
        /// `A` a block by A, `A:+B` with a vote for B, `A:-B` against B.
        var blocks: String
        var result: Result
        var epoch: UInt64 = 30_000

        enum Result: Sendable {
            case signers(String)
            /// The last block is refused.
            case refused(HeaderRule)
        }

        var testDescription: String { "\(signers): \(blocks)" }
    }

    static let scenarios: [Scenario] = [
        // Single signer, no votes.
        .init(signers: "A", blocks: "A", result: .signers("A")),
        // One signer suffices to add one, but not for the next while there are two.
        .init(signers: "A", blocks: "A:+B B A:+C", result: .signers("AB")),
        .init(signers: "AB", blocks: "A:+C B:+C A:+D B:+D C A:+E B:+E", result: .signers("ABCD")),
        // One that drops itself leaves a chain that nobody can go on with.
        .init(signers: "A", blocks: "A:-A", result: .signers("")),
        .init(signers: "AB", blocks: "A:-B", result: .signers("AB")),
        .init(signers: "AB", blocks: "A:-B B:-B", result: .signers("A")),
        .init(signers: "ABC", blocks: "A:-C B:-C", result: .signers("AB")),
        .init(signers: "ABCD", blocks: "A:-C B:-C", result: .signers("ABCD")),
        .init(signers: "ABCD", blocks: "A:-D B:-D C:-D", result: .signers("ABC")),
        // The same vote counts once.
        .init(signers: "AB", blocks: "A:+C B A:+C B A:+C", result: .signers("AB")),
        .init(signers: "AB", blocks: "A:+C B A:+D B A B:+D A B:+C", result: .signers("ABCD")),
        .init(signers: "AB", blocks: "A:-B B A:-B B A:-B", result: .signers("AB")),
        .init(signers: "ABCD", blocks: "A:-C B C A:-D B C A B:-D C:-D A B:-C", result: .signers("AB")),
        // Votes of a signer that was dropped are void.
        .init(signers: "ABC", blocks: "C:-B A:-C B:-C A:-B", result: .signers("AB")),
        .init(signers: "ABC", blocks: "C:+D A:-C B:-C A:+D", result: .signers("AB")),
        // What a change of the number of signers decides takes effect only when it is voted on again.
        .init(signers: "ABCD", blocks: "A:-C B C A:-D B:-C C A B:-D C:-D", result: .signers("ABC")),
        .init(signers: "ABCD", blocks: "A:-C B C A:-D B:-C C A B:-D C:-D A C:+C", result: .signers("AB")),
        .init(signers: "ABCD", blocks: "A:-C B C A:-D B:-C C A B:-D C:-D A B:+C", result: .signers("ABC")),
        // Votes for F that were decided don't count again when F is dropped and comes back.
        .init(
            signers: "ABCDE", blocks: "A:+F B:+F C:+F D:-F E:-F B:-F C:-F D:+F E:+F B:-A C:-A D:-A B:+F",
            result: .signers("BCDEF")),
        // A checkpoint clears the votes.
        .init(signers: "AB", blocks: "A:+C B A B:+C", result: .signers("AB"), epoch: 3),
        .init(signers: "A", blocks: "B", result: .refused(.unauthorizedSigner)),
        .init(signers: "AB", blocks: "A A", result: .refused(.signedRecently)),
        // A checkpoint doesn't clear who has signed recently.
        .init(signers: "ABC", blocks: "A B A A", result: .refused(.signedRecently), epoch: 3),
    ]

    @Test("signers after the votes", arguments: scenarios)
    func vote(scenario: Scenario) throws {
        let node = try CliqueFixture(signers: scenario.signers, epoch: scenario.epoch)
        let steps = scenario.blocks.split(separator: " ")
        for (index, step) in steps.enumerated() {
            let letters = Array(step)
            let vote =
                letters.count == 4
                ? CliqueProposal(subject: CliqueFixture.address(letters[3]), authorizes: letters[2] == "+") : nil
            let block = try node.block(on: try node.head(), by: letters[0], vote: vote)
            let outcome = node.importer.importBlocks([block], now: node.now)
            if index == steps.count - 1, case .refused(let rule) = scenario.result {
                let expected = ImportError(
                    number: block.number, hash: block.hash, reason: .header(.brokenRule(rule)))
                #expect(outcome.failure?.error == expected)
                #expect(try node.head().number == UInt64(index))
                return
            }
            #expect(outcome.failure == nil, "block \(index + 1)")
        }
        guard case .signers(let letters) = scenario.result else { return }
        let snapshot = try node.engine.snapshot(at: try node.head(), chain: node.chain)
        #expect(snapshot.signers == letters.map { CliqueFixture.address($0) }.sorted())
        #expect(snapshot.number == UInt64(steps.count))
    }
}
