public import NodeCore
public import NodeNIO

/// What a node has exchanged with others since its start.
public struct NodeBandwidth: Hashable, Sendable {
    public var upload: UploadStatus
    public var traffic: Traffic

    public init(upload: UploadStatus = UploadStatus(limits: []), traffic: Traffic = Traffic()) {
        self.upload = upload
        self.traffic = traffic
    }
}
