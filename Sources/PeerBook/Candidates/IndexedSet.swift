/// A set with an order of its own, from which a random element can be taken.
///
/// - Complexity: O(1) a call.
struct IndexedSet<Element: Hashable & Sendable>: Sendable {
    private(set) var elements: [Element] = []
    private var places: [Element: Int] = [:]

    var count: Int { elements.count }
    var isEmpty: Bool { elements.isEmpty }

    func contains(_ element: Element) -> Bool { places[element] != nil }

    @discardableResult
    mutating func insert(_ element: Element) -> Bool {
        guard places[element] == nil else { return false }
        places[element] = elements.count
        elements.append(element)
        return true
    }

    /// The last element takes the place of the removed one.
    @discardableResult
    mutating func remove(_ element: Element) -> Bool {
        guard let place = places.removeValue(forKey: element) else { return false }
        let last = elements.removeLast()
        if place < elements.count {
            elements[place] = last
            places[last] = place
        }
        return true
    }

    func randomElement(using random: inout some RandomNumberGenerator) -> Element? {
        elements.randomElement(using: &random)
    }
}
