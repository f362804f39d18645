/// Names one of a node's capabilities, all its versions together.
enum HostID: Hashable, Sendable {
    case eth
    case topics
    case blocks
    /// One of the node's user, by its position in the order of registration.
    case own(Int)

    /// As the owner of topics.
    var topicOwner: Int {
        switch self {
        case .eth: 0
        case .topics: 1
        case .blocks: 2
        case .own(let index): index + 3
        }
    }

    init(topicOwner: Int) {
        switch topicOwner {
        case 0: self = .eth
        case 1: self = .topics
        case 2: self = .blocks
        default: self = .own(topicOwner - 3)
        }
    }
}
