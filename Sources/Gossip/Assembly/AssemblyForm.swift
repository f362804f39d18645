package import DevP2P

/// A form of a block: what one peer has sent of it, and which of its transactions are known.
///
/// `BlockAssembly` decides when a form is filled, and whose sender is asked for what it lacks. Each sender draws a nonce, so
/// each form has ids of its own; and a sender may lie. So a form is filled and judged by what its own sender has said.
package protocol AssemblyForm: Sendable {
    /// What a form is matched with when it has come.
    associatedtype Source
    /// What a response brings.
    associatedtype Transactions

    var sender: Peer { get }
    var state: FormState { get set }
    /// What its sender was asked for.
    var request: FormRequest? { get set }

    /// Indices without a transaction, ascending.
    var missing: [Int] { get }
    var missingCount: Int { get }
    /// The bytes that it holds.
    var byteCount: Int { get }

    /// Fills it as far as that is possible without asking, and opens it.
    mutating func match(_ source: Source)

    /// Takes what fits of transactions that have come from somebody else.
    mutating func offer(_ transactions: Transactions)

    /// Takes the response of its sender to `request`.
    ///
    /// - Returns: false where that contradicts the form.
    mutating func answered(_ response: Transactions) -> Bool

    /// It isn't completed any more; what its sender said is kept, to be judged by the true block.
    mutating func refute()
}

extension AssemblyForm {
    package var isComplete: Bool { missingCount == 0 && state != .refuted }

    /// What it lacks, where it hasn't misled.
    var shortcoming: Int { state == .refuted ? .max : missingCount }
}

package enum FormState: Hashable, Sendable {
    /// To be matched.
    case new
    /// Its sender hasn't been asked for what is missing.
    case open
    /// A request to its sender is under way.
    case asked
    /// Its sender was asked in vain, or can't be asked.
    case spent
    /// What its sender said contradicts itself, or leads to another body than the header's.
    case refuted
}

/// A request to the sender of a form for what this lacks.
package struct FormRequest: Hashable, Sendable {
    package let id: UInt64
    package let indices: TransactionIndices
}
