/// What a peer can do well: a closed list. What each one counts is decided in one table, by the peer book.
///
/// Merits decide only whose slot is safe when peers are rotated. They never pay for an offence.
public enum Merit: String, Hashable, Sendable, CaseIterable {
    /// A valid block that no other peer had brought before.
    case firstBlock
    /// An accepted transaction that no other peer had brought before.
    case firstTransaction
    /// An answer to a request that was of use.
    case usefulResponse
}
