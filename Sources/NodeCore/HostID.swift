/// Names one of a node's capabilities, all its versions together.
enum HostID: Hashable, Sendable {
    case eth
    case gossip
    /// One of the node's user, by its position in the order of registration.
    case own(Int)

    /// As the owner of topics.
    var topicOwner: Int {
        switch self {
        case .eth: 0
        case .gossip: 1
        case .own(let index): index + 2
        }
    }

    init(topicOwner: Int) {
        switch topicOwner {
        case 0: self = .eth
        case 1: self = .gossip
        default: self = .own(topicOwner - 2)
        }
    }
}
