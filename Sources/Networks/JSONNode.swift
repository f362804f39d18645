/// A JSON value and its offset. Unlike Foundation's readers it keeps each digit of a number, the order of members, and
/// offsets.
struct JSONNode {
    /// A name and its value in an object.
    struct Member {
        /// The name as written.
        let key: String
        let offset: Int
        let value: JSONNode
    }

    indirect enum Value {
        case object([Member])
        case array([JSONNode])
        case string(String)
        /// The digits of the number, as written.
        case number(String)
        case bool(Bool)
        case null
    }

    /// The offset of the first byte.
    let offset: Int
    let value: Value
}
