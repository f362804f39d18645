import Primitives

/// Nodes by where their addresses are, from which one is drawn: first the range (/16, /32), then the subnet (/24, /64),
/// then the node. So many ids in few ranges don't dominate the draw, as they would if each node counted the same.
///
/// All local addresses together are one subnet: in a local network ranges mean nothing.
///
/// - Complexity: O(1) a call.
struct RangedSet: Sendable {
    private struct Place: Hashable {
        let range: AddressRange
        let subnet: Subnet

        init(_ ip: IPAddress) {
            let ip = ip.isLAN ? IPAddress.v4(0) : ip
            range = AddressRange(ip)
            subnet = Subnet(ip)
        }
    }

    private var places: [NodeID: Place] = [:]
    private var ranges = IndexedSet<AddressRange>()
    private var subnets: [AddressRange: IndexedSet<Subnet>] = [:]
    private var nodes: [Subnet: IndexedSet<NodeID>] = [:]

    var count: Int { places.count }

    func contains(_ id: NodeID) -> Bool { places[id] != nil }

    mutating func insert(_ id: NodeID, at ip: IPAddress) {
        guard places[id] == nil else { return }
        let place = Place(ip)
        places[id] = place
        ranges.insert(place.range)
        subnets[place.range, default: IndexedSet()].insert(place.subnet)
        nodes[place.subnet, default: IndexedSet()].insert(id)
    }

    @discardableResult
    mutating func remove(_ id: NodeID) -> Bool {
        guard let place = places.removeValue(forKey: id) else { return false }
        nodes[place.subnet]?.remove(id)
        guard nodes[place.subnet]?.isEmpty == true else { return true }
        nodes[place.subnet] = nil
        subnets[place.range]?.remove(place.subnet)
        guard subnets[place.range]?.isEmpty == true else { return true }
        subnets[place.range] = nil
        ranges.remove(place.range)
        return true
    }

    func randomElement(using random: inout some RandomNumberGenerator) -> NodeID? {
        guard let range = ranges.randomElement(using: &random),
            let subnet = subnets[range]?.randomElement(using: &random)
        else { return nil }
        return nodes[subnet]?.randomElement(using: &random)
    }
}
