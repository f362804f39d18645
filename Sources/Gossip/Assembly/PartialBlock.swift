package import DevP2P
package import Primitives
import SansIO

/// A block on its way: the forms of it that peers have sent, and who was asked for what they lack.
///
///     new form      -> matched with the pool -> complete: the block
///     what is missing of a form is asked of its sender: the one that lacks least first, another one after a short time
///     a response    -> fills the form that was asked for, and what it fits of the others
///     wrong body    -> the form is refuted, the next one is taken; where there is none the whole block is asked for
///
/// No form owns the block: whoever is first and then late, or lies, costs others a short time.
package struct PartialBlock<Form: AssemblyForm>: Sendable {
    package let hash: Hash32
    package let number: UInt64
    /// In the order of their arrival.
    package private(set) var forms: [Form] = []
    /// From when on another sender may be asked while responses are due.
    private var nextAsk: Instant?
    /// The request for the whole block that is under way, and who was asked for it.
    private var wholeRequest: UInt64?
    private var wholeAsked: [Peer] = []

    init(hash: Hash32, number: UInt64) {
        self.hash = hash
        self.number = number
    }

    var byteCount: Int { forms.reduce(256) { $0 + $1.byteCount } }

    func form(of peer: Peer) -> Int? { forms.firstIndex { $0.sender == peer } }

    /// Whether a peer may send another form: it has none, or one that was refuted, which is kept as evidence.
    func takes(from peer: Peer) -> Bool {
        let own = forms.filter { $0.sender == peer }
        return own.count < 2 && own.allSatisfy { $0.state == .refuted }
    }

    /// Adds a form. Where there are too many the worst one gives way: one that has misled, or else the one that lacks most.
    mutating func add(_ form: Form, limit: Int) {
        if forms.count >= max(1, limit),
            let worst = forms.indices.max(by: { forms[$0].shortcoming < forms[$1].shortcoming })
        {
            forms.remove(at: worst)
        }
        forms.append(form)
    }

    mutating func removeForm(at index: Int) { forms.remove(at: index) }

    mutating func removeForms(of peer: Peer) { forms.removeAll { $0.sender == peer } }

    /// Forms of peers that have left: nobody can be asked for what they lack.
    mutating func removeForms(where isGone: (Peer) -> Bool) { forms.removeAll { isGone($0.sender) } }

    /// Forms of which nothing more is expected: their senders may send new ones.
    mutating func removeSpent() { forms.removeAll { $0.state == .spent } }

    mutating func refute(_ index: Int) { forms[index].refute() }

    /// All who have sent a form, one of them first.
    package func senders(first index: Int) -> [Peer] {
        var senders = [forms[index].sender]
        for form in forms where !senders.contains(form.sender) { senders.append(form.sender) }
        return senders
    }

    mutating func match(_ source: Form.Source) {
        for index in forms.indices where forms[index].state == .new { forms[index].match(source) }
    }

    /// The form that the block can be made of.
    var complete: Int? { forms.firstIndex { $0.isComplete && $0.state != .new } }

    // MARK: Asking for what is missing

    /// The form whose sender is to be asked now: of those not asked yet the one that lacks least. While responses are due
    /// nobody else is asked for a short time; but at once where that form lacks less than half of what was asked for.
    func next(now: Instant) -> Int? {
        let open = forms.indices.filter { forms[$0].state == .open }
        guard let best = open.min(by: { forms[$0].missingCount < forms[$1].missingCount }) else { return nil }
        let due = forms.filter { $0.state == .asked }.compactMap { $0.request?.indices.count }.min()
        guard let due, let nextAsk, now < nextAsk else { return best }
        return 2 * forms[best].missingCount <= due ? best : nil
    }

    /// When `next` has somebody else; nil where nobody is left.
    var deadline: Instant? { forms.contains { $0.state == .open } ? nextAsk : nil }

    /// The sender of a form is asked for what it lacks.
    mutating func asked(_ index: Int, _ id: UInt64, next: Instant) -> TransactionIndices {
        nextAsk = next
        let indices = TransactionIndices(forms[index].missing)
        forms[index].request = FormRequest(id: id, indices: indices)
        forms[index].state = .asked
        return indices
    }

    /// A sender can't be asked, or not again.
    mutating func spend(_ index: Int) {
        if forms[index].state != .refuted { forms[index].state = .spent }
    }

    /// The form that a request was for; nil where it is gone.
    func form(askedFor id: UInt64, of peer: Peer) -> Int? {
        forms.firstIndex { $0.sender == peer && $0.request?.id == id }
    }

    /// A response to the request for a form. What it has for other forms helps in any case.
    ///
    /// - Returns: false where it contradicts the form.
    mutating func answered(_ index: Int, _ response: Form.Transactions) -> Bool {
        spend(index)
        for other in forms.indices where other != index { forms[other].offer(response) }
        return forms[index].answered(response)
    }

    // MARK: Asking for the whole block

    /// Whom to ask for the block itself, where a form has misled: those first whose forms haven't.
    func nextForWhole(limit: Int) -> Peer? {
        guard wholeAsked.count < limit else { return nil }
        let ranked = forms.filter { $0.state != .refuted } + forms.filter { $0.state == .refuted }
        return ranked.map(\.sender).first { !wholeAsked.contains($0) }
    }

    mutating func askedWhole(_ peer: Peer, _ id: UInt64?) {
        wholeAsked.append(peer)
        wholeRequest = id
    }

    mutating func wholeEnded(_ id: UInt64) { if wholeRequest == id { wholeRequest = nil } }

    var hasRefuted: Bool { forms.contains { $0.state == .refuted } }

    var hasNew: Bool { forms.contains { $0.state == .new } }

    /// Whether anything may still come of it by itself.
    var isUnderway: Bool {
        wholeRequest != nil || forms.contains { $0.state == .new || $0.state == .open || $0.state == .asked }
    }
}
