public import Primitives
public import RLP

/// A signer's vote about an address: whether it should be a signer (EIP-225).
public struct CliqueVote: Hashable, Sendable {
    /// The signer that voted.
    public var signer: Address
    /// The number of the block with the vote.
    public var number: UInt64
    /// The address that the vote is about.
    public var subject: Address
    /// True to make the subject a signer, false to remove it.
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

/// A vote that this node casts whenever it signs a block and the vote would change something.
public struct CliqueProposal: Hashable, Sendable {
    public var subject: Address
    /// True to make the subject a signer, false to remove it.
    public var authorizes: Bool

    public init(subject: Address, authorizes: Bool) {
        self.subject = subject
        self.authorizes = authorizes
    }
}
