/// A rule that a header can break. Every engine may add its own:
///
///     extension HeaderRule { static let proposer = HeaderRule("the proposer is the one of this round") }
public struct HeaderRule: Hashable, Sendable, CustomStringConvertible {
    /// The rule as a sentence that is true for valid headers.
    public let description: String

    /// A rule with this sentence.
    public init(_ description: StaticString) { self.description = "\(description)" }
}

extension HeaderRule {
    // Rules of every chain.
    public static let parent = HeaderRule("number and parent hash follow the parent")
    public static let timestamp = HeaderRule("the timestamp is not before the earliest that the parent allows")
    public static let gasLimitRange = HeaderRule("the gas limit is below 2^63")
    public static let gasUsed = HeaderRule("the gas used is at most the gas limit")
    public static let gasLimit = HeaderRule("the gas limit differs from the parent's by less than 1/1024")
    public static let baseFee = HeaderRule("there is a base fee from London on, and it follows from the parent")
    public static let forkFields = HeaderRule("the header has the fields of its fork and no others")

    // Rules of Clique (EIP-225).
    public static let checkpointVote = HeaderRule("a checkpoint carries no vote")
    public static let voteNonce = HeaderRule("the nonce is all ones or all zeros")
    public static let extraData = HeaderRule("the extra data has room for vanity, signers of a checkpoint, and seal")
    public static let checkpointSigners = HeaderRule("a checkpoint lists exactly the signers, ascending")
    public static let mixHash = HeaderRule("the mix hash is zero")
    public static let noOmmers = HeaderRule("there are no ommers")
    public static let difficulty = HeaderRule("the difficulty is 2 for the signer in turn, 1 for others")
    public static let seal = HeaderRule("the seal is a signature")
    public static let unauthorizedSigner = HeaderRule("the signer is authorized")
    public static let signedRecently = HeaderRule("the signer has not signed one of the last blocks")
}
