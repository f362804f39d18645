/// A JSON value and where it stands. Unlike Foundation's readers it keeps each digit of a number, the order of the
/// members, and the places.
struct JSONNode {
    /// A name and its value in an object.
    struct Member {
        /// As it is written.
        let key: String
        let offset: Int
        let value: JSONNode
    }

    indirect enum Value {
        case object([Member])
        case array([JSONNode])
        case string(String)
        /// The text of the number.
        case number(String)
        case bool(Bool)
        case null
    }

    /// The offset of the first byte.
    let offset: Int
    let value: Value
}
