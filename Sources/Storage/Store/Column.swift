/// The tables of the database. `Schema` says what each of them holds.
///
/// The raw value is the table's name on disk. A new case needs no migration: a store makes the tables it lacks.
public enum Column: String, CaseIterable, Hashable, Sendable {
    case metadata
    case headers
    case numbers
    case canonical
    case bodies
    case receipts
    case difficulties
    case transactions
    case stateNodes = "state_nodes"
    case code
    case consensus
    case peers
}
