public import Primitives
public import RLP

/// One signer's opinion about one address: whether it should be among the signers (EIP-225).
public struct CliqueVote: Hashable, Sendable {
    /// Who voted.
    public var signer: Address
    /// The block that carried the vote.
    public var number: UInt64
    /// Whom the vote is about.
    public var subject: Address
    /// Whether the subject shall become a signer, else cease to be one.
    public var authorizes: Bool

    public init(signer: Address, number: UInt64, subject: Address, authorizes: Bool) {
        self.signer = signer
        self.number = number
        self.subject = subject
        self.authorizes = authorizes
    }
}

extension CliqueVote: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(signer)
            list.write(number)
            list.write(subject)
            list.write(authorizes)
        }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        signer = try list.read()
        number = try list.read()
        subject = try list.read()
        authorizes = try list.read()
        try list.expectEnd()
    }
}

/// What this node wants to vote for whenever it signs a block and the vote makes sense.
public struct CliqueProposal: Hashable, Sendable {
    public var subject: Address
    /// Whether the subject shall become a signer, else cease to be one.
    public var authorizes: Bool

    public init(subject: Address, authorizes: Bool) {
        self.subject = subject
        self.authorizes = authorizes
    }
}
