/** Generated from schemas/ by scripts/generate.mjs; do not edit. What each field of each definition is, for code that walks over objects. */

export type Support = 'acted-on' | 'accepted' | 'refused'

export interface Field {
  /** `string`, `integer`, `number`, `boolean`, `object`, `any`, or a definition's name; of the items where there is a container. */
  readonly type: string
  readonly container?: 'list' | 'map'
  readonly required?: true
  readonly support: Support
  /** Why it is refused, or what accepting it means. */
  readonly reason?: string
  /** Accepted without a warning: a server sets it. */
  readonly quiet?: true
  /** Whether a zero value (false, 0, '', an empty list, map or object) means the same as no value; see normalize.ts for what holds when it is not said. */
  readonly zero?: 'kept' | 'absent'
  /** Values of an accepted field that need no action. */
  readonly satisfiedBy?: readonly unknown[]
  /** Values of an acted-on field that are only accepted, and what that means. */
  readonly acceptedValues?: { readonly [value: string]: string }
  /** Values that are refused, and why. */
  readonly refusedValues?: { readonly [value: string]: string }
}

/** By definition name (the TypeScript type's name), then by field. */
export const definitions: { readonly [definition: string]: { readonly [field: string]: Field } } = {
  APIResource: {
    categories: { type: "string", container: "list", support: "accepted" },
    group: { type: "string", support: "accepted" },
    kind: { type: "string", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" },
    namespaced: { type: "boolean", required: true, support: "accepted" },
    shortNames: { type: "string", container: "list", support: "accepted" },
    singularName: { type: "string", required: true, support: "accepted" },
    storageVersionHash: { type: "string", support: "accepted" },
    verbs: { type: "string", container: "list", required: true, support: "accepted" },
    version: { type: "string", support: "accepted" }
  },
  APIResourceList: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    groupVersion: { type: "string", required: true, support: "accepted" },
    kind: { type: "string", support: "accepted", quiet: true },
    resources: { type: "APIResource", container: "list", required: true, support: "accepted" }
  },
  AWSElasticBlockStoreVolumeSource: {
    fsType: { type: "string", support: "accepted" },
    partition: { type: "integer", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    volumeID: { type: "string", required: true, support: "accepted" }
  },
  Affinity: {
    nodeAffinity: { type: "NodeAffinity", support: "acted-on", zero: "absent" },
    podAffinity: { type: "PodAffinity", support: "acted-on", zero: "absent" },
    podAntiAffinity: { type: "PodAntiAffinity", support: "acted-on", zero: "absent" }
  },
  AggregationRule: {
    clusterRoleSelectors: { type: "LabelSelector", container: "list", support: "accepted" }
  },
  AppArmorProfile: {
    localhostProfile: { type: "string", support: "acted-on" },
    type: { type: "string", required: true, support: "acted-on" }
  },
  AttachedVolume: {
    devicePath: { type: "string", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" }
  },
  AzureDiskVolumeSource: {
    cachingMode: { type: "string", support: "accepted" },
    diskName: { type: "string", required: true, support: "accepted" },
    diskURI: { type: "string", required: true, support: "accepted" },
    fsType: { type: "string", support: "accepted" },
    kind: { type: "string", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" }
  },
  AzureFilePersistentVolumeSource: {
    readOnly: { type: "boolean", support: "accepted" },
    secretName: { type: "string", required: true, support: "accepted" },
    secretNamespace: { type: "string", support: "accepted" },
    shareName: { type: "string", required: true, support: "accepted" }
  },
  AzureFileVolumeSource: {
    readOnly: { type: "boolean", support: "accepted" },
    secretName: { type: "string", required: true, support: "accepted" },
    shareName: { type: "string", required: true, support: "accepted" }
  },
  Binding: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    target: { type: "ObjectReference", required: true, support: "accepted" }
  },
  CSIPersistentVolumeSource: {
    controllerExpandSecretRef: { type: "SecretReference", support: "accepted" },
    controllerPublishSecretRef: { type: "SecretReference", support: "accepted" },
    driver: { type: "string", required: true, support: "accepted" },
    fsType: { type: "string", support: "accepted" },
    nodeExpandSecretRef: { type: "SecretReference", support: "accepted" },
    nodePublishSecretRef: { type: "SecretReference", support: "accepted" },
    nodeStageSecretRef: { type: "SecretReference", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    volumeAttributes: { type: "string", container: "map", support: "accepted" },
    volumeHandle: { type: "string", required: true, support: "accepted" }
  },
  CSIVolumeSource: {
    driver: { type: "string", required: true, support: "accepted" },
    fsType: { type: "string", support: "accepted" },
    nodePublishSecretRef: { type: "LocalObjectReference", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    volumeAttributes: { type: "string", container: "map", support: "accepted" }
  },
  Capabilities: {
    add: { type: "string", container: "list", support: "acted-on" },
    drop: { type: "string", container: "list", support: "acted-on" }
  },
  CephFSPersistentVolumeSource: {
    monitors: { type: "string", container: "list", required: true, support: "accepted" },
    path: { type: "string", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    secretFile: { type: "string", support: "accepted" },
    secretRef: { type: "SecretReference", support: "accepted" },
    user: { type: "string", support: "accepted" }
  },
  CephFSVolumeSource: {
    monitors: { type: "string", container: "list", required: true, support: "accepted" },
    path: { type: "string", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    secretFile: { type: "string", support: "accepted" },
    secretRef: { type: "LocalObjectReference", support: "accepted" },
    user: { type: "string", support: "accepted" }
  },
  CinderPersistentVolumeSource: {
    fsType: { type: "string", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    secretRef: { type: "SecretReference", support: "accepted" },
    volumeID: { type: "string", required: true, support: "accepted" }
  },
  CinderVolumeSource: {
    fsType: { type: "string", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    secretRef: { type: "LocalObjectReference", support: "accepted" },
    volumeID: { type: "string", required: true, support: "accepted" }
  },
  ClientIPConfig: {
    timeoutSeconds: { type: "integer", support: "acted-on" }
  },
  ClusterRole: {
    aggregationRule: { type: "AggregationRule", support: "accepted" },
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    rules: { type: "PolicyRule", container: "list", support: "accepted" }
  },
  ClusterRoleBinding: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    roleRef: { type: "RoleRef", required: true, support: "accepted" },
    subjects: { type: "Subject", container: "list", support: "accepted" }
  },
  ClusterTrustBundleProjection: {
    labelSelector: { type: "LabelSelector", support: "accepted" },
    name: { type: "string", support: "accepted" },
    optional: { type: "boolean", support: "accepted" },
    path: { type: "string", required: true, support: "accepted" },
    signerName: { type: "string", support: "accepted" }
  },
  Condition: {
    lastTransitionTime: { type: "Time", required: true, support: "accepted" },
    message: { type: "string", required: true, support: "accepted" },
    observedGeneration: { type: "integer", support: "accepted" },
    reason: { type: "string", required: true, support: "accepted" },
    status: { type: "string", required: true, support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  ConfigMap: {
    apiVersion: { type: "string", support: "acted-on" },
    binaryData: { type: "string", container: "map", support: "acted-on" },
    data: { type: "string", container: "map", support: "acted-on" },
    immutable: { type: "boolean", support: "acted-on" },
    kind: { type: "string", support: "acted-on" },
    metadata: { type: "ObjectMeta", support: "acted-on" }
  },
  ConfigMapEnvSource: {
    name: { type: "string", support: "acted-on" },
    optional: { type: "boolean", support: "acted-on" }
  },
  ConfigMapKeySelector: {
    key: { type: "string", required: true, support: "acted-on" },
    name: { type: "string", support: "acted-on" },
    optional: { type: "boolean", support: "acted-on" }
  },
  ConfigMapNodeConfigSource: {
    kubeletConfigKey: { type: "string", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" },
    namespace: { type: "string", required: true, support: "accepted" },
    resourceVersion: { type: "string", support: "accepted" },
    uid: { type: "string", support: "accepted" }
  },
  ConfigMapProjection: {
    items: { type: "KeyToPath", container: "list", support: "acted-on" },
    name: { type: "string", support: "acted-on" },
    optional: { type: "boolean", support: "acted-on" }
  },
  ConfigMapVolumeSource: {
    defaultMode: { type: "integer", support: "acted-on", zero: "kept" },
    items: { type: "KeyToPath", container: "list", support: "acted-on" },
    name: { type: "string", support: "acted-on" },
    optional: { type: "boolean", support: "acted-on" }
  },
  Container: {
    args: { type: "string", container: "list", support: "acted-on" },
    command: { type: "string", container: "list", support: "acted-on" },
    env: { type: "EnvVar", container: "list", support: "acted-on" },
    envFrom: { type: "EnvFromSource", container: "list", support: "acted-on" },
    image: { type: "string", support: "acted-on" },
    imagePullPolicy: { type: "string", support: "acted-on" },
    lifecycle: { type: "Lifecycle", support: "acted-on", zero: "absent" },
    livenessProbe: { type: "Probe", support: "acted-on" },
    name: { type: "string", required: true, support: "acted-on" },
    ports: { type: "ContainerPort", container: "list", support: "acted-on" },
    readinessProbe: { type: "Probe", support: "acted-on" },
    resizePolicy: { type: "ContainerResizePolicy", container: "list", support: "accepted", quiet: true },
    resources: { type: "ResourceRequirements", support: "acted-on", zero: "absent" },
    restartPolicy: { type: "string", support: "acted-on" },
    restartPolicyRules: { type: "ContainerRestartRule", container: "list", support: "accepted" },
    securityContext: { type: "SecurityContext", support: "acted-on", zero: "absent" },
    startupProbe: { type: "Probe", support: "acted-on" },
    stdin: { type: "boolean", support: "acted-on" },
    stdinOnce: { type: "boolean", support: "accepted" },
    terminationMessagePath: { type: "string", support: "accepted", satisfiedBy: [ "/dev/termination-log" ] },
    terminationMessagePolicy: { type: "string", support: "accepted", satisfiedBy: [ "File" ] },
    tty: { type: "boolean", support: "acted-on" },
    volumeDevices: { type: "VolumeDevice", container: "list", support: "accepted" },
    volumeMounts: { type: "VolumeMount", container: "list", support: "acted-on" },
    workingDir: { type: "string", support: "acted-on" }
  },
  ContainerExtendedResourceRequest: {
    containerName: { type: "string", required: true, support: "accepted" },
    requestName: { type: "string", required: true, support: "accepted" },
    resourceName: { type: "string", required: true, support: "accepted" }
  },
  ContainerImage: {
    names: { type: "string", container: "list", support: "accepted" },
    sizeBytes: { type: "integer", support: "accepted" }
  },
  ContainerPort: {
    containerPort: { type: "integer", required: true, support: "acted-on" },
    hostIP: { type: "string", support: "acted-on" },
    hostPort: { type: "integer", support: "acted-on" },
    name: { type: "string", support: "acted-on" },
    protocol: { type: "string", support: "acted-on" }
  },
  ContainerResizePolicy: {
    resourceName: { type: "string", required: true, support: "accepted" },
    restartPolicy: { type: "string", required: true, support: "accepted" }
  },
  ContainerResourceMetricSource: {
    container: { type: "string", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" },
    target: { type: "MetricTarget", required: true, support: "accepted" }
  },
  ContainerResourceMetricStatus: {
    container: { type: "string", required: true, support: "accepted" },
    current: { type: "MetricValueStatus", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" }
  },
  ContainerRestartRule: {
    action: { type: "string", required: true, support: "accepted" },
    exitCodes: { type: "ContainerRestartRuleOnExitCodes", support: "accepted" }
  },
  ContainerRestartRuleOnExitCodes: {
    operator: { type: "string", required: true, support: "accepted" },
    values: { type: "integer", container: "list", support: "accepted" }
  },
  ContainerState: {
    running: { type: "ContainerStateRunning", support: "accepted" },
    terminated: { type: "ContainerStateTerminated", support: "accepted" },
    waiting: { type: "ContainerStateWaiting", support: "accepted" }
  },
  ContainerStateRunning: {
    startedAt: { type: "Time", support: "accepted" }
  },
  ContainerStateTerminated: {
    containerID: { type: "string", support: "accepted" },
    exitCode: { type: "integer", required: true, support: "accepted" },
    finishedAt: { type: "Time", support: "accepted" },
    message: { type: "string", support: "accepted" },
    reason: { type: "string", support: "accepted" },
    signal: { type: "integer", support: "accepted" },
    startedAt: { type: "Time", support: "accepted" }
  },
  ContainerStateWaiting: {
    message: { type: "string", support: "accepted" },
    reason: { type: "string", support: "accepted" }
  },
  ContainerStatus: {
    allocatedResources: { type: "Quantity", container: "map", support: "accepted" },
    allocatedResourcesStatus: { type: "ResourceStatus", container: "list", support: "accepted" },
    containerID: { type: "string", support: "accepted" },
    image: { type: "string", required: true, support: "accepted" },
    imageID: { type: "string", required: true, support: "accepted" },
    lastState: { type: "ContainerState", support: "accepted" },
    name: { type: "string", required: true, support: "accepted" },
    ready: { type: "boolean", required: true, support: "accepted" },
    resources: { type: "ResourceRequirements", support: "accepted" },
    restartCount: { type: "integer", required: true, support: "accepted" },
    started: { type: "boolean", support: "accepted" },
    state: { type: "ContainerState", support: "accepted" },
    stopSignal: { type: "string", support: "accepted" },
    user: { type: "ContainerUser", support: "accepted" },
    volumeMounts: { type: "VolumeMountStatus", container: "list", support: "accepted" }
  },
  ContainerUser: {
    linux: { type: "LinuxContainerUser", support: "accepted" }
  },
  ControllerRevision: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    data: { type: "RawExtension", support: "accepted" },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    revision: { type: "integer", required: true, support: "accepted" }
  },
  CronJob: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "CronJobSpec", required: true, support: "accepted" },
    status: { type: "CronJobStatus", support: "accepted", quiet: true }
  },
  CronJobSpec: {
    concurrencyPolicy: { type: "string", support: "accepted" },
    failedJobsHistoryLimit: { type: "integer", support: "accepted", zero: "kept" },
    jobTemplate: { type: "JobTemplateSpec", required: true, support: "accepted" },
    schedule: { type: "string", required: true, support: "accepted" },
    startingDeadlineSeconds: { type: "integer", support: "accepted", zero: "kept" },
    successfulJobsHistoryLimit: { type: "integer", support: "accepted", zero: "kept" },
    suspend: { type: "boolean", support: "accepted" },
    timeZone: { type: "string", support: "accepted" }
  },
  CronJobStatus: {
    active: { type: "ObjectReference", container: "list", support: "accepted" },
    lastScheduleTime: { type: "Time", support: "accepted" },
    lastSuccessfulTime: { type: "Time", support: "accepted" }
  },
  CrossVersionObjectReference: {
    apiVersion: { type: "string", support: "accepted" },
    kind: { type: "string", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" }
  },
  CustomResourceColumnDefinition: {
    description: { type: "string", support: "accepted" },
    format: { type: "string", support: "accepted" },
    jsonPath: { type: "string", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" },
    priority: { type: "integer", support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  CustomResourceConversion: {
    strategy: { type: "string", required: true, support: "accepted" },
    webhook: { type: "WebhookConversion", support: "accepted" }
  },
  CustomResourceDefinition: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "CustomResourceDefinitionSpec", required: true, support: "accepted" },
    status: { type: "CustomResourceDefinitionStatus", support: "accepted", quiet: true }
  },
  CustomResourceDefinitionCondition: {
    lastTransitionTime: { type: "Time", support: "accepted" },
    message: { type: "string", support: "accepted" },
    observedGeneration: { type: "integer", support: "accepted" },
    reason: { type: "string", support: "accepted" },
    status: { type: "string", required: true, support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  CustomResourceDefinitionNames: {
    categories: { type: "string", container: "list", support: "accepted" },
    kind: { type: "string", required: true, support: "accepted" },
    listKind: { type: "string", support: "accepted" },
    plural: { type: "string", required: true, support: "accepted" },
    shortNames: { type: "string", container: "list", support: "accepted" },
    singular: { type: "string", support: "accepted" }
  },
  CustomResourceDefinitionSpec: {
    conversion: { type: "CustomResourceConversion", support: "accepted" },
    group: { type: "string", required: true, support: "accepted" },
    names: { type: "CustomResourceDefinitionNames", required: true, support: "accepted" },
    preserveUnknownFields: { type: "boolean", support: "accepted" },
    scope: { type: "string", required: true, support: "accepted" },
    versions: { type: "CustomResourceDefinitionVersion", container: "list", required: true, support: "accepted" }
  },
  CustomResourceDefinitionStatus: {
    acceptedNames: { type: "CustomResourceDefinitionNames", support: "accepted" },
    conditions: { type: "CustomResourceDefinitionCondition", container: "list", support: "accepted" },
    observedGeneration: { type: "integer", support: "accepted" },
    storedVersions: { type: "string", container: "list", support: "accepted" }
  },
  CustomResourceDefinitionVersion: {
    additionalPrinterColumns: { type: "CustomResourceColumnDefinition", container: "list", support: "accepted" },
    deprecated: { type: "boolean", support: "accepted" },
    deprecationWarning: { type: "string", support: "accepted" },
    name: { type: "string", required: true, support: "accepted" },
    schema: { type: "CustomResourceValidation", support: "accepted" },
    selectableFields: { type: "SelectableField", container: "list", support: "accepted" },
    served: { type: "boolean", required: true, support: "accepted" },
    storage: { type: "boolean", required: true, support: "accepted" },
    subresources: { type: "CustomResourceSubresources", support: "accepted" }
  },
  CustomResourceSubresourceScale: {
    labelSelectorPath: { type: "string", support: "accepted" },
    specReplicasPath: { type: "string", required: true, support: "accepted" },
    statusReplicasPath: { type: "string", required: true, support: "accepted" }
  },
  CustomResourceSubresources: {
    scale: { type: "CustomResourceSubresourceScale", support: "accepted" },
    status: { type: "CustomResourceSubresourceStatus", support: "accepted" }
  },
  CustomResourceValidation: {
    openAPIV3Schema: { type: "JSONSchemaProps", support: "accepted" }
  },
  DaemonEndpoint: {
    Port: { type: "integer", required: true, support: "accepted" }
  },
  DaemonSet: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "DaemonSetSpec", support: "accepted" },
    status: { type: "DaemonSetStatus", support: "accepted", quiet: true }
  },
  DaemonSetCondition: {
    lastTransitionTime: { type: "Time", support: "accepted" },
    message: { type: "string", support: "accepted" },
    reason: { type: "string", support: "accepted" },
    status: { type: "string", required: true, support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  DaemonSetSpec: {
    minReadySeconds: { type: "integer", support: "accepted" },
    revisionHistoryLimit: { type: "integer", support: "accepted", zero: "kept" },
    selector: { type: "LabelSelector", required: true, support: "accepted" },
    template: { type: "PodTemplateSpec", required: true, support: "accepted" },
    updateStrategy: { type: "DaemonSetUpdateStrategy", support: "accepted" }
  },
  DaemonSetStatus: {
    collisionCount: { type: "integer", support: "accepted" },
    conditions: { type: "DaemonSetCondition", container: "list", support: "accepted" },
    currentNumberScheduled: { type: "integer", required: true, support: "accepted" },
    desiredNumberScheduled: { type: "integer", required: true, support: "accepted" },
    numberAvailable: { type: "integer", support: "accepted" },
    numberMisscheduled: { type: "integer", required: true, support: "accepted" },
    numberReady: { type: "integer", required: true, support: "accepted" },
    numberUnavailable: { type: "integer", support: "accepted" },
    observedGeneration: { type: "integer", support: "accepted" },
    updatedNumberScheduled: { type: "integer", support: "accepted" }
  },
  DaemonSetUpdateStrategy: {
    rollingUpdate: { type: "RollingUpdateDaemonSet", support: "accepted" },
    type: { type: "string", support: "accepted" }
  },
  DeleteOptions: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    dryRun: { type: "string", container: "list", support: "accepted" },
    gracePeriodSeconds: { type: "integer", support: "accepted" },
    ignoreStoreReadErrorWithClusterBreakingPotential: { type: "boolean", support: "accepted" },
    kind: { type: "string", support: "accepted", quiet: true },
    orphanDependents: { type: "boolean", support: "accepted" },
    preconditions: { type: "Preconditions", support: "accepted" },
    propagationPolicy: { type: "string", support: "accepted" }
  },
  Deployment: {
    apiVersion: { type: "string", support: "acted-on" },
    kind: { type: "string", support: "acted-on" },
    metadata: { type: "ObjectMeta", support: "acted-on" },
    spec: { type: "DeploymentSpec", support: "acted-on" },
    status: { type: "DeploymentStatus", support: "accepted", quiet: true }
  },
  DeploymentCondition: {
    lastTransitionTime: { type: "Time", support: "accepted" },
    lastUpdateTime: { type: "Time", support: "accepted" },
    message: { type: "string", support: "accepted" },
    reason: { type: "string", support: "accepted" },
    status: { type: "string", required: true, support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  DeploymentSpec: {
    minReadySeconds: { type: "integer", support: "acted-on" },
    paused: { type: "boolean", support: "acted-on" },
    progressDeadlineSeconds: { type: "integer", support: "acted-on", zero: "kept" },
    replicas: { type: "integer", support: "acted-on", zero: "kept" },
    revisionHistoryLimit: { type: "integer", support: "acted-on", zero: "kept" },
    selector: { type: "LabelSelector", required: true, support: "acted-on" },
    strategy: { type: "DeploymentStrategy", support: "acted-on", zero: "absent" },
    template: { type: "PodTemplateSpec", required: true, support: "acted-on" }
  },
  DeploymentStatus: {
    availableReplicas: { type: "integer", support: "accepted" },
    collisionCount: { type: "integer", support: "accepted" },
    conditions: { type: "DeploymentCondition", container: "list", support: "accepted" },
    observedGeneration: { type: "integer", support: "accepted" },
    readyReplicas: { type: "integer", support: "accepted" },
    replicas: { type: "integer", support: "accepted" },
    terminatingReplicas: { type: "integer", support: "accepted" },
    unavailableReplicas: { type: "integer", support: "accepted" },
    updatedReplicas: { type: "integer", support: "accepted" }
  },
  DeploymentStrategy: {
    rollingUpdate: { type: "RollingUpdateDeployment", support: "acted-on", zero: "absent" },
    type: { type: "string", support: "acted-on" }
  },
  DiscoveryEndpointPort: {
    appProtocol: { type: "string", support: "accepted" },
    name: { type: "string", support: "accepted" },
    port: { type: "integer", support: "accepted" },
    protocol: { type: "string", support: "accepted" }
  },
  DownwardAPIProjection: {
    items: { type: "DownwardAPIVolumeFile", container: "list", support: "acted-on" }
  },
  DownwardAPIVolumeFile: {
    fieldRef: { type: "ObjectFieldSelector", support: "acted-on" },
    mode: { type: "integer", support: "acted-on", zero: "kept" },
    path: { type: "string", required: true, support: "acted-on" },
    resourceFieldRef: { type: "ResourceFieldSelector", support: "acted-on" }
  },
  DownwardAPIVolumeSource: {
    defaultMode: { type: "integer", support: "acted-on", zero: "kept" },
    items: { type: "DownwardAPIVolumeFile", container: "list", support: "acted-on" }
  },
  EmptyDirVolumeSource: {
    medium: { type: "string", support: "acted-on" },
    sizeLimit: { type: "Quantity", support: "acted-on", reason: "limits a volume in memory; one on disk is not limited" }
  },
  Endpoint: {
    addresses: { type: "string", container: "list", required: true, support: "accepted" },
    conditions: { type: "EndpointConditions", support: "accepted" },
    deprecatedTopology: { type: "string", container: "map", support: "accepted" },
    hints: { type: "EndpointHints", support: "accepted" },
    hostname: { type: "string", support: "accepted" },
    nodeName: { type: "string", support: "accepted" },
    targetRef: { type: "ObjectReference", support: "accepted" },
    zone: { type: "string", support: "accepted" }
  },
  EndpointAddress: {
    hostname: { type: "string", support: "accepted" },
    ip: { type: "string", required: true, support: "accepted" },
    nodeName: { type: "string", support: "accepted" },
    targetRef: { type: "ObjectReference", support: "accepted" }
  },
  EndpointConditions: {
    ready: { type: "boolean", support: "accepted", zero: "kept" },
    serving: { type: "boolean", support: "accepted", zero: "kept" },
    terminating: { type: "boolean", support: "accepted", zero: "kept" }
  },
  EndpointHints: {
    forNodes: { type: "ForNode", container: "list", support: "accepted" },
    forZones: { type: "ForZone", container: "list", support: "accepted" }
  },
  EndpointPort: {
    appProtocol: { type: "string", support: "accepted" },
    name: { type: "string", support: "accepted" },
    port: { type: "integer", required: true, support: "accepted" },
    protocol: { type: "string", support: "accepted" }
  },
  EndpointSlice: {
    addressType: { type: "string", required: true, support: "accepted" },
    apiVersion: { type: "string", support: "accepted", quiet: true },
    endpoints: { type: "Endpoint", container: "list", support: "accepted" },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    ports: { type: "DiscoveryEndpointPort", container: "list", support: "accepted" }
  },
  EndpointSubset: {
    addresses: { type: "EndpointAddress", container: "list", support: "accepted" },
    notReadyAddresses: { type: "EndpointAddress", container: "list", support: "accepted" },
    ports: { type: "EndpointPort", container: "list", support: "accepted" }
  },
  Endpoints: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    subsets: { type: "EndpointSubset", container: "list", support: "accepted" }
  },
  EnvFromSource: {
    configMapRef: { type: "ConfigMapEnvSource", support: "acted-on" },
    prefix: { type: "string", support: "acted-on" },
    secretRef: { type: "SecretEnvSource", support: "acted-on" }
  },
  EnvVar: {
    name: { type: "string", required: true, support: "acted-on" },
    value: { type: "string", support: "acted-on" },
    valueFrom: { type: "EnvVarSource", support: "acted-on" }
  },
  EnvVarSource: {
    configMapKeyRef: { type: "ConfigMapKeySelector", support: "acted-on" },
    fieldRef: { type: "ObjectFieldSelector", support: "acted-on" },
    fileKeyRef: { type: "FileKeySelector", support: "accepted" },
    resourceFieldRef: { type: "ResourceFieldSelector", support: "acted-on" },
    secretKeyRef: { type: "SecretKeySelector", support: "acted-on" }
  },
  EphemeralContainer: {
    args: { type: "string", container: "list", support: "accepted" },
    command: { type: "string", container: "list", support: "accepted" },
    env: { type: "EnvVar", container: "list", support: "accepted" },
    envFrom: { type: "EnvFromSource", container: "list", support: "accepted" },
    image: { type: "string", support: "accepted" },
    imagePullPolicy: { type: "string", support: "accepted" },
    lifecycle: { type: "Lifecycle", support: "accepted" },
    livenessProbe: { type: "Probe", support: "accepted" },
    name: { type: "string", required: true, support: "accepted" },
    ports: { type: "ContainerPort", container: "list", support: "accepted" },
    readinessProbe: { type: "Probe", support: "accepted" },
    resizePolicy: { type: "ContainerResizePolicy", container: "list", support: "accepted" },
    resources: { type: "ResourceRequirements", support: "accepted", zero: "absent" },
    restartPolicy: { type: "string", support: "accepted" },
    restartPolicyRules: { type: "ContainerRestartRule", container: "list", support: "accepted" },
    securityContext: { type: "SecurityContext", support: "accepted", zero: "absent" },
    startupProbe: { type: "Probe", support: "accepted" },
    stdin: { type: "boolean", support: "accepted" },
    stdinOnce: { type: "boolean", support: "accepted" },
    targetContainerName: { type: "string", support: "accepted" },
    terminationMessagePath: { type: "string", support: "accepted" },
    terminationMessagePolicy: { type: "string", support: "accepted" },
    tty: { type: "boolean", support: "accepted" },
    volumeDevices: { type: "VolumeDevice", container: "list", support: "accepted" },
    volumeMounts: { type: "VolumeMount", container: "list", support: "accepted" },
    workingDir: { type: "string", support: "accepted" }
  },
  EphemeralVolumeSource: {
    volumeClaimTemplate: { type: "PersistentVolumeClaimTemplate", support: "accepted" }
  },
  Event: {
    action: { type: "string", support: "accepted" },
    apiVersion: { type: "string", support: "accepted", quiet: true },
    count: { type: "integer", support: "accepted" },
    eventTime: { type: "MicroTime", support: "accepted" },
    firstTimestamp: { type: "Time", support: "accepted" },
    involvedObject: { type: "ObjectReference", required: true, support: "accepted" },
    kind: { type: "string", support: "accepted", quiet: true },
    lastTimestamp: { type: "Time", support: "accepted" },
    message: { type: "string", support: "accepted" },
    metadata: { type: "ObjectMeta", required: true, support: "accepted", quiet: true },
    reason: { type: "string", support: "accepted" },
    related: { type: "ObjectReference", support: "accepted" },
    reportingComponent: { type: "string", support: "accepted" },
    reportingInstance: { type: "string", support: "accepted" },
    series: { type: "EventSeries", support: "accepted" },
    source: { type: "EventSource", support: "accepted" },
    type: { type: "string", support: "accepted" }
  },
  EventSeries: {
    count: { type: "integer", support: "accepted" },
    lastObservedTime: { type: "MicroTime", support: "accepted" }
  },
  EventSource: {
    component: { type: "string", support: "accepted" },
    host: { type: "string", support: "accepted" }
  },
  Eviction: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    deleteOptions: { type: "DeleteOptions", support: "accepted" },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true }
  },
  ExecAction: {
    command: { type: "string", container: "list", support: "acted-on" }
  },
  ExternalDocumentation: {
    description: { type: "string", support: "accepted" },
    url: { type: "string", support: "accepted" }
  },
  ExternalMetricSource: {
    metric: { type: "MetricIdentifier", required: true, support: "accepted" },
    target: { type: "MetricTarget", required: true, support: "accepted" }
  },
  ExternalMetricStatus: {
    current: { type: "MetricValueStatus", required: true, support: "accepted" },
    metric: { type: "MetricIdentifier", required: true, support: "accepted" }
  },
  FCVolumeSource: {
    fsType: { type: "string", support: "accepted" },
    lun: { type: "integer", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    targetWWNs: { type: "string", container: "list", support: "accepted" },
    wwids: { type: "string", container: "list", support: "accepted" }
  },
  FileKeySelector: {
    key: { type: "string", required: true, support: "accepted" },
    optional: { type: "boolean", support: "accepted" },
    path: { type: "string", required: true, support: "accepted" },
    volumeName: { type: "string", required: true, support: "accepted" }
  },
  FlexPersistentVolumeSource: {
    driver: { type: "string", required: true, support: "accepted" },
    fsType: { type: "string", support: "accepted" },
    options: { type: "string", container: "map", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    secretRef: { type: "SecretReference", support: "accepted" }
  },
  FlexVolumeSource: {
    driver: { type: "string", required: true, support: "accepted" },
    fsType: { type: "string", support: "accepted" },
    options: { type: "string", container: "map", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    secretRef: { type: "LocalObjectReference", support: "accepted" }
  },
  FlockerVolumeSource: {
    datasetName: { type: "string", support: "accepted" },
    datasetUUID: { type: "string", support: "accepted" }
  },
  ForNode: {
    name: { type: "string", required: true, support: "accepted" }
  },
  ForZone: {
    name: { type: "string", required: true, support: "accepted" }
  },
  GCEPersistentDiskVolumeSource: {
    fsType: { type: "string", support: "accepted" },
    partition: { type: "integer", support: "accepted" },
    pdName: { type: "string", required: true, support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" }
  },
  GRPCAction: {
    port: { type: "integer", required: true, support: "acted-on" },
    service: { type: "string", support: "acted-on" }
  },
  GitRepoVolumeSource: {
    directory: { type: "string", support: "accepted" },
    repository: { type: "string", required: true, support: "accepted" },
    revision: { type: "string", support: "accepted" }
  },
  GlusterfsPersistentVolumeSource: {
    endpoints: { type: "string", required: true, support: "accepted" },
    endpointsNamespace: { type: "string", support: "accepted" },
    path: { type: "string", required: true, support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" }
  },
  GlusterfsVolumeSource: {
    endpoints: { type: "string", required: true, support: "accepted" },
    path: { type: "string", required: true, support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" }
  },
  HPAScalingPolicy: {
    periodSeconds: { type: "integer", required: true, support: "accepted" },
    type: { type: "string", required: true, support: "accepted" },
    value: { type: "integer", required: true, support: "accepted" }
  },
  HPAScalingRules: {
    policies: { type: "HPAScalingPolicy", container: "list", support: "accepted" },
    selectPolicy: { type: "string", support: "accepted" },
    stabilizationWindowSeconds: { type: "integer", support: "accepted", zero: "kept" },
    tolerance: { type: "Quantity", support: "accepted" }
  },
  HTTPGetAction: {
    host: { type: "string", support: "acted-on" },
    httpHeaders: { type: "HTTPHeader", container: "list", support: "acted-on" },
    path: { type: "string", support: "acted-on" },
    port: { type: "IntOrString", required: true, support: "acted-on" },
    scheme: { type: "string", support: "acted-on" }
  },
  HTTPHeader: {
    name: { type: "string", required: true, support: "acted-on" },
    value: { type: "string", required: true, support: "acted-on" }
  },
  HTTPIngressPath: {
    backend: { type: "IngressBackend", required: true, support: "accepted" },
    path: { type: "string", support: "accepted" },
    pathType: { type: "string", required: true, support: "accepted" }
  },
  HTTPIngressRuleValue: {
    paths: { type: "HTTPIngressPath", container: "list", required: true, support: "accepted" }
  },
  HorizontalPodAutoscaler: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "HorizontalPodAutoscalerSpec", required: true, support: "accepted" },
    status: { type: "HorizontalPodAutoscalerStatus", support: "accepted", quiet: true }
  },
  HorizontalPodAutoscalerBehavior: {
    scaleDown: { type: "HPAScalingRules", support: "accepted" },
    scaleUp: { type: "HPAScalingRules", support: "accepted" }
  },
  HorizontalPodAutoscalerCondition: {
    lastTransitionTime: { type: "Time", support: "accepted" },
    message: { type: "string", support: "accepted" },
    reason: { type: "string", support: "accepted" },
    status: { type: "string", required: true, support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  HorizontalPodAutoscalerSpec: {
    maxReplicas: { type: "integer", required: true, support: "accepted" },
    minReplicas: { type: "integer", support: "accepted", zero: "kept" },
    scaleTargetRef: { type: "CrossVersionObjectReference", required: true, support: "accepted" },
    targetCPUUtilizationPercentage: { type: "integer", support: "accepted" }
  },
  HorizontalPodAutoscalerStatus: {
    currentCPUUtilizationPercentage: { type: "integer", support: "accepted" },
    currentReplicas: { type: "integer", required: true, support: "accepted" },
    desiredReplicas: { type: "integer", required: true, support: "accepted" },
    lastScaleTime: { type: "Time", support: "accepted" },
    observedGeneration: { type: "integer", support: "accepted" }
  },
  HostAlias: {
    hostnames: { type: "string", container: "list", support: "acted-on" },
    ip: { type: "string", required: true, support: "acted-on" }
  },
  HostIP: {
    ip: { type: "string", required: true, support: "accepted" }
  },
  HostPathVolumeSource: {
    path: { type: "string", required: true, support: "acted-on" },
    type: { type: "string", support: "acted-on" }
  },
  IPBlock: {
    cidr: { type: "string", required: true, support: "accepted" },
    except: { type: "string", container: "list", support: "accepted" }
  },
  ISCSIPersistentVolumeSource: {
    chapAuthDiscovery: { type: "boolean", support: "accepted" },
    chapAuthSession: { type: "boolean", support: "accepted" },
    fsType: { type: "string", support: "accepted" },
    initiatorName: { type: "string", support: "accepted" },
    iqn: { type: "string", required: true, support: "accepted" },
    iscsiInterface: { type: "string", support: "accepted" },
    lun: { type: "integer", required: true, support: "accepted" },
    portals: { type: "string", container: "list", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    secretRef: { type: "SecretReference", support: "accepted" },
    targetPortal: { type: "string", required: true, support: "accepted" }
  },
  ISCSIVolumeSource: {
    chapAuthDiscovery: { type: "boolean", support: "accepted" },
    chapAuthSession: { type: "boolean", support: "accepted" },
    fsType: { type: "string", support: "accepted" },
    initiatorName: { type: "string", support: "accepted" },
    iqn: { type: "string", required: true, support: "accepted" },
    iscsiInterface: { type: "string", support: "accepted" },
    lun: { type: "integer", required: true, support: "accepted" },
    portals: { type: "string", container: "list", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    secretRef: { type: "LocalObjectReference", support: "accepted" },
    targetPortal: { type: "string", required: true, support: "accepted" }
  },
  ImageVolumeSource: {
    pullPolicy: { type: "string", support: "accepted" },
    reference: { type: "string", support: "accepted" }
  },
  ImageVolumeStatus: {
    imageRef: { type: "string", required: true, support: "accepted" }
  },
  Ingress: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "IngressSpec", support: "accepted" },
    status: { type: "IngressStatus", support: "accepted", quiet: true }
  },
  IngressBackend: {
    resource: { type: "TypedLocalObjectReference", support: "accepted" },
    service: { type: "IngressServiceBackend", support: "accepted" }
  },
  IngressClass: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "IngressClassSpec", support: "accepted" }
  },
  IngressClassParametersReference: {
    apiGroup: { type: "string", support: "accepted" },
    kind: { type: "string", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" },
    namespace: { type: "string", support: "accepted" },
    scope: { type: "string", support: "accepted" }
  },
  IngressClassSpec: {
    controller: { type: "string", support: "accepted" },
    parameters: { type: "IngressClassParametersReference", support: "accepted" }
  },
  IngressLoadBalancerIngress: {
    hostname: { type: "string", support: "accepted" },
    ip: { type: "string", support: "accepted" },
    ports: { type: "IngressPortStatus", container: "list", support: "accepted" }
  },
  IngressLoadBalancerStatus: {
    ingress: { type: "IngressLoadBalancerIngress", container: "list", support: "accepted" }
  },
  IngressPortStatus: {
    error: { type: "string", support: "accepted" },
    port: { type: "integer", required: true, support: "accepted" },
    protocol: { type: "string", required: true, support: "accepted" }
  },
  IngressRule: {
    host: { type: "string", support: "accepted" },
    http: { type: "HTTPIngressRuleValue", support: "accepted" }
  },
  IngressServiceBackend: {
    name: { type: "string", required: true, support: "accepted" },
    port: { type: "ServiceBackendPort", support: "accepted" }
  },
  IngressSpec: {
    defaultBackend: { type: "IngressBackend", support: "accepted" },
    ingressClassName: { type: "string", support: "accepted", zero: "kept" },
    rules: { type: "IngressRule", container: "list", support: "accepted" },
    tls: { type: "IngressTLS", container: "list", support: "accepted" }
  },
  IngressStatus: {
    loadBalancer: { type: "IngressLoadBalancerStatus", support: "accepted" }
  },
  IngressTLS: {
    hosts: { type: "string", container: "list", support: "accepted" },
    secretName: { type: "string", support: "accepted" }
  },
  JSONSchemaProps: {
    "$ref": { type: "string", support: "accepted" },
    "$schema": { type: "string", support: "accepted" },
    additionalItems: { type: "JSONSchemaPropsOrBool", support: "accepted" },
    additionalProperties: { type: "JSONSchemaPropsOrBool", support: "accepted" },
    allOf: { type: "JSONSchemaProps", container: "list", support: "accepted" },
    anyOf: { type: "JSONSchemaProps", container: "list", support: "accepted" },
    default: { type: "JSON", support: "accepted" },
    definitions: { type: "JSONSchemaProps", container: "map", support: "accepted" },
    dependencies: { type: "JSONSchemaPropsOrStringArray", container: "map", support: "accepted" },
    description: { type: "string", support: "accepted" },
    enum: { type: "JSON", container: "list", support: "accepted" },
    example: { type: "JSON", support: "accepted" },
    exclusiveMaximum: { type: "boolean", support: "accepted" },
    exclusiveMinimum: { type: "boolean", support: "accepted" },
    externalDocs: { type: "ExternalDocumentation", support: "accepted" },
    format: { type: "string", support: "accepted" },
    id: { type: "string", support: "accepted" },
    items: { type: "JSONSchemaPropsOrArray", support: "accepted" },
    maxItems: { type: "integer", support: "accepted" },
    maxLength: { type: "integer", support: "accepted" },
    maxProperties: { type: "integer", support: "accepted" },
    maximum: { type: "number", support: "accepted" },
    minItems: { type: "integer", support: "accepted" },
    minLength: { type: "integer", support: "accepted" },
    minProperties: { type: "integer", support: "accepted" },
    minimum: { type: "number", support: "accepted" },
    multipleOf: { type: "number", support: "accepted" },
    not: { type: "JSONSchemaProps", support: "accepted" },
    nullable: { type: "boolean", support: "accepted" },
    oneOf: { type: "JSONSchemaProps", container: "list", support: "accepted" },
    pattern: { type: "string", support: "accepted" },
    patternProperties: { type: "JSONSchemaProps", container: "map", support: "accepted" },
    properties: { type: "JSONSchemaProps", container: "map", support: "accepted" },
    required: { type: "string", container: "list", support: "accepted" },
    title: { type: "string", support: "accepted" },
    type: { type: "string", support: "accepted" },
    uniqueItems: { type: "boolean", support: "accepted" },
    "x-kubernetes-embedded-resource": { type: "boolean", support: "accepted" },
    "x-kubernetes-int-or-string": { type: "boolean", support: "accepted" },
    "x-kubernetes-list-map-keys": { type: "string", container: "list", support: "accepted" },
    "x-kubernetes-list-type": { type: "string", support: "accepted" },
    "x-kubernetes-map-type": { type: "string", support: "accepted" },
    "x-kubernetes-preserve-unknown-fields": { type: "boolean", support: "accepted" },
    "x-kubernetes-validations": { type: "ValidationRule", container: "list", support: "accepted" }
  },
  Job: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "JobSpec", support: "accepted" },
    status: { type: "JobStatus", support: "accepted", quiet: true }
  },
  JobCondition: {
    lastProbeTime: { type: "Time", support: "accepted" },
    lastTransitionTime: { type: "Time", support: "accepted" },
    message: { type: "string", support: "accepted" },
    reason: { type: "string", support: "accepted" },
    status: { type: "string", required: true, support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  JobSpec: {
    activeDeadlineSeconds: { type: "integer", support: "accepted", zero: "kept" },
    backoffLimit: { type: "integer", support: "accepted", zero: "kept" },
    backoffLimitPerIndex: { type: "integer", support: "accepted", zero: "kept" },
    completionMode: { type: "string", support: "accepted" },
    completions: { type: "integer", support: "accepted", zero: "kept" },
    managedBy: { type: "string", support: "accepted" },
    manualSelector: { type: "boolean", support: "accepted" },
    maxFailedIndexes: { type: "integer", support: "accepted", zero: "kept" },
    parallelism: { type: "integer", support: "accepted", zero: "kept" },
    podFailurePolicy: { type: "PodFailurePolicy", support: "accepted" },
    podReplacementPolicy: { type: "string", support: "accepted" },
    selector: { type: "LabelSelector", support: "accepted" },
    successPolicy: { type: "SuccessPolicy", support: "accepted" },
    suspend: { type: "boolean", support: "accepted" },
    template: { type: "PodTemplateSpec", required: true, support: "accepted" },
    ttlSecondsAfterFinished: { type: "integer", support: "accepted", zero: "kept" }
  },
  JobStatus: {
    active: { type: "integer", support: "accepted" },
    completedIndexes: { type: "string", support: "accepted" },
    completionTime: { type: "Time", support: "accepted" },
    conditions: { type: "JobCondition", container: "list", support: "accepted" },
    failed: { type: "integer", support: "accepted" },
    failedIndexes: { type: "string", support: "accepted" },
    ready: { type: "integer", support: "accepted" },
    startTime: { type: "Time", support: "accepted" },
    succeeded: { type: "integer", support: "accepted" },
    terminating: { type: "integer", support: "accepted" },
    uncountedTerminatedPods: { type: "UncountedTerminatedPods", support: "accepted" }
  },
  JobTemplateSpec: {
    metadata: { type: "ObjectMeta", support: "accepted" },
    spec: { type: "JobSpec", support: "accepted" }
  },
  KeyToPath: {
    key: { type: "string", required: true, support: "acted-on" },
    mode: { type: "integer", support: "acted-on", zero: "kept" },
    path: { type: "string", required: true, support: "acted-on" }
  },
  LabelSelector: {
    matchExpressions: { type: "LabelSelectorRequirement", container: "list", support: "acted-on" },
    matchLabels: { type: "string", container: "map", support: "acted-on" }
  },
  LabelSelectorRequirement: {
    key: { type: "string", required: true, support: "acted-on" },
    operator: { type: "string", required: true, support: "acted-on" },
    values: { type: "string", container: "list", support: "acted-on" }
  },
  Lease: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "LeaseSpec", support: "accepted" }
  },
  LeaseSpec: {
    acquireTime: { type: "MicroTime", support: "accepted" },
    holderIdentity: { type: "string", support: "accepted" },
    leaseDurationSeconds: { type: "integer", support: "accepted" },
    leaseTransitions: { type: "integer", support: "accepted" },
    preferredHolder: { type: "string", support: "accepted" },
    renewTime: { type: "MicroTime", support: "accepted" },
    strategy: { type: "string", support: "accepted" }
  },
  Lifecycle: {
    postStart: { type: "LifecycleHandler", support: "acted-on" },
    preStop: { type: "LifecycleHandler", support: "acted-on" },
    stopSignal: { type: "string", support: "acted-on" }
  },
  LifecycleHandler: {
    exec: { type: "ExecAction", support: "acted-on" },
    httpGet: { type: "HTTPGetAction", support: "acted-on" },
    sleep: { type: "SleepAction", support: "acted-on" },
    tcpSocket: { type: "TCPSocketAction", support: "accepted" }
  },
  LimitRange: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "LimitRangeSpec", support: "accepted" }
  },
  LimitRangeItem: {
    default: { type: "Quantity", container: "map", support: "accepted" },
    defaultRequest: { type: "Quantity", container: "map", support: "accepted" },
    max: { type: "Quantity", container: "map", support: "accepted" },
    maxLimitRequestRatio: { type: "Quantity", container: "map", support: "accepted" },
    min: { type: "Quantity", container: "map", support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  LimitRangeSpec: {
    limits: { type: "LimitRangeItem", container: "list", required: true, support: "accepted" }
  },
  LinuxContainerUser: {
    gid: { type: "integer", required: true, support: "accepted" },
    supplementalGroups: { type: "integer", container: "list", support: "accepted" },
    uid: { type: "integer", required: true, support: "accepted" }
  },
  ListMeta: {
    continue: { type: "string", support: "accepted" },
    remainingItemCount: { type: "integer", support: "accepted" },
    resourceVersion: { type: "string", support: "accepted" },
    selfLink: { type: "string", support: "accepted" },
    shardInfo: { type: "ShardInfo", support: "accepted" }
  },
  LoadBalancerIngress: {
    hostname: { type: "string", support: "accepted" },
    ip: { type: "string", support: "accepted" },
    ipMode: { type: "string", support: "accepted" },
    ports: { type: "PortStatus", container: "list", support: "accepted" }
  },
  LoadBalancerStatus: {
    ingress: { type: "LoadBalancerIngress", container: "list", support: "accepted" }
  },
  LocalObjectReference: {
    name: { type: "string", support: "acted-on" }
  },
  LocalVolumeSource: {
    fsType: { type: "string", support: "accepted" },
    path: { type: "string", required: true, support: "accepted" }
  },
  ManagedFieldsEntry: {
    apiVersion: { type: "string", support: "accepted" },
    fieldsType: { type: "string", support: "accepted" },
    fieldsV1: { type: "FieldsV1", support: "accepted" },
    manager: { type: "string", support: "accepted" },
    operation: { type: "string", support: "accepted" },
    subresource: { type: "string", support: "accepted" },
    time: { type: "Time", support: "accepted" }
  },
  MetricIdentifier: {
    name: { type: "string", required: true, support: "accepted" },
    selector: { type: "LabelSelector", support: "accepted" }
  },
  MetricSpec: {
    containerResource: { type: "ContainerResourceMetricSource", support: "accepted" },
    external: { type: "ExternalMetricSource", support: "accepted" },
    object: { type: "ObjectMetricSource", support: "accepted" },
    pods: { type: "PodsMetricSource", support: "accepted" },
    resource: { type: "ResourceMetricSource", support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  MetricStatus: {
    containerResource: { type: "ContainerResourceMetricStatus", support: "accepted" },
    external: { type: "ExternalMetricStatus", support: "accepted" },
    object: { type: "ObjectMetricStatus", support: "accepted" },
    pods: { type: "PodsMetricStatus", support: "accepted" },
    resource: { type: "ResourceMetricStatus", support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  MetricTarget: {
    averageUtilization: { type: "integer", support: "accepted" },
    averageValue: { type: "Quantity", support: "accepted" },
    type: { type: "string", required: true, support: "accepted" },
    value: { type: "Quantity", support: "accepted" }
  },
  MetricValueStatus: {
    averageUtilization: { type: "integer", support: "accepted" },
    averageValue: { type: "Quantity", support: "accepted" },
    value: { type: "Quantity", support: "accepted" }
  },
  ModifyVolumeStatus: {
    status: { type: "string", required: true, support: "accepted" },
    targetVolumeAttributesClassName: { type: "string", support: "accepted" }
  },
  NFSVolumeSource: {
    path: { type: "string", required: true, support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    server: { type: "string", required: true, support: "accepted" }
  },
  Namespace: {
    apiVersion: { type: "string", support: "acted-on" },
    kind: { type: "string", support: "acted-on" },
    metadata: { type: "ObjectMeta", support: "acted-on" },
    spec: { type: "NamespaceSpec", support: "accepted", quiet: true, zero: "absent" },
    status: { type: "NamespaceStatus", support: "accepted", quiet: true }
  },
  NamespaceCondition: {
    lastTransitionTime: { type: "Time", support: "accepted" },
    message: { type: "string", support: "accepted" },
    reason: { type: "string", support: "accepted" },
    status: { type: "string", required: true, support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  NamespaceSpec: {
    finalizers: { type: "string", container: "list", support: "accepted" }
  },
  NamespaceStatus: {
    conditions: { type: "NamespaceCondition", container: "list", support: "accepted" },
    phase: { type: "string", support: "accepted" }
  },
  NetworkPolicy: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "NetworkPolicySpec", support: "accepted" }
  },
  NetworkPolicyEgressRule: {
    ports: { type: "NetworkPolicyPort", container: "list", support: "accepted" },
    to: { type: "NetworkPolicyPeer", container: "list", support: "accepted" }
  },
  NetworkPolicyIngressRule: {
    from: { type: "NetworkPolicyPeer", container: "list", support: "accepted" },
    ports: { type: "NetworkPolicyPort", container: "list", support: "accepted" }
  },
  NetworkPolicyPeer: {
    ipBlock: { type: "IPBlock", support: "accepted" },
    namespaceSelector: { type: "LabelSelector", support: "accepted" },
    podSelector: { type: "LabelSelector", support: "accepted" }
  },
  NetworkPolicyPort: {
    endPort: { type: "integer", support: "accepted" },
    port: { type: "IntOrString", support: "accepted" },
    protocol: { type: "string", support: "accepted" }
  },
  NetworkPolicySpec: {
    egress: { type: "NetworkPolicyEgressRule", container: "list", support: "accepted" },
    ingress: { type: "NetworkPolicyIngressRule", container: "list", support: "accepted" },
    podSelector: { type: "LabelSelector", support: "accepted" },
    policyTypes: { type: "string", container: "list", support: "accepted" }
  },
  Node: {
    apiVersion: { type: "string", support: "acted-on" },
    kind: { type: "string", support: "acted-on" },
    metadata: { type: "ObjectMeta", support: "acted-on" },
    spec: { type: "NodeSpec", support: "acted-on", zero: "absent" },
    status: { type: "NodeStatus", support: "accepted", quiet: true }
  },
  NodeAddress: {
    address: { type: "string", required: true, support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  NodeAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: { type: "PreferredSchedulingTerm", container: "list", support: "acted-on" },
    requiredDuringSchedulingIgnoredDuringExecution: { type: "NodeSelector", support: "acted-on" }
  },
  NodeAllocatableResourceClaimStatus: {
    containers: { type: "string", container: "list", support: "accepted" },
    resourceClaimName: { type: "string", required: true, support: "accepted" },
    resources: { type: "Quantity", container: "map", required: true, support: "accepted" }
  },
  NodeCondition: {
    lastHeartbeatTime: { type: "Time", support: "accepted" },
    lastTransitionTime: { type: "Time", support: "accepted" },
    message: { type: "string", support: "accepted" },
    reason: { type: "string", support: "accepted" },
    status: { type: "string", required: true, support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  NodeConfigSource: {
    configMap: { type: "ConfigMapNodeConfigSource", support: "accepted" }
  },
  NodeConfigStatus: {
    active: { type: "NodeConfigSource", support: "accepted" },
    assigned: { type: "NodeConfigSource", support: "accepted" },
    error: { type: "string", support: "accepted" },
    lastKnownGood: { type: "NodeConfigSource", support: "accepted" }
  },
  NodeDaemonEndpoints: {
    kubeletEndpoint: { type: "DaemonEndpoint", support: "accepted" }
  },
  NodeFeatures: {
    supplementalGroupsPolicy: { type: "boolean", support: "accepted" }
  },
  NodeRuntimeHandler: {
    features: { type: "NodeRuntimeHandlerFeatures", support: "accepted" },
    name: { type: "string", support: "accepted" }
  },
  NodeRuntimeHandlerFeatures: {
    recursiveReadOnlyMounts: { type: "boolean", support: "accepted" },
    userNamespaces: { type: "boolean", support: "accepted" }
  },
  NodeSelector: {
    nodeSelectorTerms: { type: "NodeSelectorTerm", container: "list", required: true, support: "acted-on" }
  },
  NodeSelectorRequirement: {
    key: { type: "string", required: true, support: "acted-on" },
    operator: { type: "string", required: true, support: "acted-on" },
    values: { type: "string", container: "list", support: "acted-on" }
  },
  NodeSelectorTerm: {
    matchExpressions: { type: "NodeSelectorRequirement", container: "list", support: "acted-on" },
    matchFields: { type: "NodeSelectorRequirement", container: "list", support: "acted-on" }
  },
  NodeSpec: {
    configSource: { type: "NodeConfigSource", support: "accepted", zero: "absent" },
    externalID: { type: "string", support: "accepted" },
    podCIDR: { type: "string", support: "accepted" },
    podCIDRs: { type: "string", container: "list", support: "accepted" },
    providerID: { type: "string", support: "accepted" },
    taints: { type: "Taint", container: "list", support: "acted-on" },
    unschedulable: { type: "boolean", support: "acted-on" }
  },
  NodeStatus: {
    addresses: { type: "NodeAddress", container: "list", support: "accepted" },
    allocatable: { type: "Quantity", container: "map", support: "accepted" },
    capacity: { type: "Quantity", container: "map", support: "accepted" },
    conditions: { type: "NodeCondition", container: "list", support: "accepted" },
    config: { type: "NodeConfigStatus", support: "accepted" },
    daemonEndpoints: { type: "NodeDaemonEndpoints", support: "accepted" },
    declaredFeatures: { type: "string", container: "list", support: "accepted" },
    features: { type: "NodeFeatures", support: "accepted" },
    images: { type: "ContainerImage", container: "list", support: "accepted" },
    nodeInfo: { type: "NodeSystemInfo", support: "accepted" },
    phase: { type: "string", support: "accepted" },
    runtimeHandlers: { type: "NodeRuntimeHandler", container: "list", support: "accepted" },
    volumesAttached: { type: "AttachedVolume", container: "list", support: "accepted" },
    volumesInUse: { type: "string", container: "list", support: "accepted" }
  },
  NodeSwapStatus: {
    capacity: { type: "integer", support: "accepted" }
  },
  NodeSystemInfo: {
    architecture: { type: "string", required: true, support: "accepted" },
    bootID: { type: "string", required: true, support: "accepted" },
    containerRuntimeVersion: { type: "string", required: true, support: "accepted" },
    kernelVersion: { type: "string", required: true, support: "accepted" },
    kubeProxyVersion: { type: "string", required: true, support: "accepted" },
    kubeletVersion: { type: "string", required: true, support: "accepted" },
    machineID: { type: "string", required: true, support: "accepted" },
    operatingSystem: { type: "string", required: true, support: "accepted" },
    osImage: { type: "string", required: true, support: "accepted" },
    swap: { type: "NodeSwapStatus", support: "accepted" },
    systemUUID: { type: "string", required: true, support: "accepted" }
  },
  ObjectFieldSelector: {
    apiVersion: { type: "string", support: "acted-on" },
    fieldPath: { type: "string", required: true, support: "acted-on" }
  },
  ObjectMeta: {
    annotations: { type: "string", container: "map", support: "acted-on" },
    creationTimestamp: { type: "Time", support: "accepted", quiet: true },
    deletionGracePeriodSeconds: { type: "integer", support: "accepted", quiet: true, zero: "kept" },
    deletionTimestamp: { type: "Time", support: "accepted", quiet: true },
    finalizers: { type: "string", container: "list", support: "accepted" },
    generateName: { type: "string", support: "accepted" },
    generation: { type: "integer", support: "accepted", quiet: true },
    labels: { type: "string", container: "map", support: "acted-on" },
    managedFields: { type: "ManagedFieldsEntry", container: "list", support: "accepted", quiet: true },
    name: { type: "string", support: "acted-on" },
    namespace: { type: "string", support: "acted-on" },
    ownerReferences: { type: "OwnerReference", container: "list", support: "accepted", quiet: true },
    resourceVersion: { type: "string", support: "accepted", quiet: true },
    selfLink: { type: "string", support: "accepted", quiet: true },
    uid: { type: "string", support: "accepted", quiet: true }
  },
  ObjectMetricSource: {
    describedObject: { type: "V2CrossVersionObjectReference", required: true, support: "accepted" },
    metric: { type: "MetricIdentifier", required: true, support: "accepted" },
    target: { type: "MetricTarget", required: true, support: "accepted" }
  },
  ObjectMetricStatus: {
    current: { type: "MetricValueStatus", required: true, support: "accepted" },
    describedObject: { type: "V2CrossVersionObjectReference", required: true, support: "accepted" },
    metric: { type: "MetricIdentifier", required: true, support: "accepted" }
  },
  ObjectReference: {
    apiVersion: { type: "string", support: "accepted" },
    fieldPath: { type: "string", support: "accepted" },
    kind: { type: "string", support: "accepted" },
    name: { type: "string", support: "accepted" },
    namespace: { type: "string", support: "accepted" },
    resourceVersion: { type: "string", support: "accepted" },
    uid: { type: "string", support: "accepted" }
  },
  OwnerReference: {
    apiVersion: { type: "string", required: true, support: "accepted" },
    blockOwnerDeletion: { type: "boolean", support: "accepted" },
    controller: { type: "boolean", support: "accepted" },
    kind: { type: "string", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" },
    uid: { type: "string", required: true, support: "accepted" }
  },
  PersistentVolume: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "PersistentVolumeSpec", support: "accepted" },
    status: { type: "PersistentVolumeStatus", support: "accepted", quiet: true }
  },
  PersistentVolumeClaim: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "PersistentVolumeClaimSpec", support: "accepted" },
    status: { type: "PersistentVolumeClaimStatus", support: "accepted", quiet: true }
  },
  PersistentVolumeClaimCondition: {
    lastProbeTime: { type: "Time", support: "accepted" },
    lastTransitionTime: { type: "Time", support: "accepted" },
    message: { type: "string", support: "accepted" },
    reason: { type: "string", support: "accepted" },
    status: { type: "string", required: true, support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  PersistentVolumeClaimSpec: {
    accessModes: { type: "string", container: "list", support: "accepted" },
    dataSource: { type: "TypedLocalObjectReference", support: "accepted" },
    dataSourceRef: { type: "TypedObjectReference", support: "accepted" },
    resources: { type: "VolumeResourceRequirements", support: "accepted" },
    selector: { type: "LabelSelector", support: "accepted" },
    storageClassName: { type: "string", support: "accepted", zero: "kept" },
    volumeAttributesClassName: { type: "string", support: "accepted" },
    volumeMode: { type: "string", support: "accepted" },
    volumeName: { type: "string", support: "accepted" }
  },
  PersistentVolumeClaimStatus: {
    accessModes: { type: "string", container: "list", support: "accepted" },
    allocatedResourceStatuses: { type: "string", container: "map", support: "accepted" },
    allocatedResources: { type: "Quantity", container: "map", support: "accepted" },
    capacity: { type: "Quantity", container: "map", support: "accepted" },
    conditions: { type: "PersistentVolumeClaimCondition", container: "list", support: "accepted" },
    currentVolumeAttributesClassName: { type: "string", support: "accepted" },
    modifyVolumeStatus: { type: "ModifyVolumeStatus", support: "accepted" },
    phase: { type: "string", support: "accepted" }
  },
  PersistentVolumeClaimTemplate: {
    metadata: { type: "ObjectMeta", support: "accepted" },
    spec: { type: "PersistentVolumeClaimSpec", required: true, support: "accepted" }
  },
  PersistentVolumeClaimVolumeSource: {
    claimName: { type: "string", required: true, support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" }
  },
  PersistentVolumeSpec: {
    accessModes: { type: "string", container: "list", support: "accepted" },
    awsElasticBlockStore: { type: "AWSElasticBlockStoreVolumeSource", support: "accepted" },
    azureDisk: { type: "AzureDiskVolumeSource", support: "accepted" },
    azureFile: { type: "AzureFilePersistentVolumeSource", support: "accepted" },
    capacity: { type: "Quantity", container: "map", support: "accepted" },
    cephfs: { type: "CephFSPersistentVolumeSource", support: "accepted" },
    cinder: { type: "CinderPersistentVolumeSource", support: "accepted" },
    claimRef: { type: "ObjectReference", support: "accepted" },
    csi: { type: "CSIPersistentVolumeSource", support: "accepted" },
    fc: { type: "FCVolumeSource", support: "accepted" },
    flexVolume: { type: "FlexPersistentVolumeSource", support: "accepted" },
    flocker: { type: "FlockerVolumeSource", support: "accepted" },
    gcePersistentDisk: { type: "GCEPersistentDiskVolumeSource", support: "accepted" },
    glusterfs: { type: "GlusterfsPersistentVolumeSource", support: "accepted" },
    hostPath: { type: "HostPathVolumeSource", support: "accepted" },
    iscsi: { type: "ISCSIPersistentVolumeSource", support: "accepted" },
    local: { type: "LocalVolumeSource", support: "accepted" },
    mountOptions: { type: "string", container: "list", support: "accepted" },
    nfs: { type: "NFSVolumeSource", support: "accepted" },
    nodeAffinity: { type: "VolumeNodeAffinity", support: "accepted" },
    persistentVolumeReclaimPolicy: { type: "string", support: "accepted" },
    photonPersistentDisk: { type: "PhotonPersistentDiskVolumeSource", support: "accepted" },
    portworxVolume: { type: "PortworxVolumeSource", support: "accepted" },
    quobyte: { type: "QuobyteVolumeSource", support: "accepted" },
    rbd: { type: "RBDPersistentVolumeSource", support: "accepted" },
    scaleIO: { type: "ScaleIOPersistentVolumeSource", support: "accepted" },
    storageClassName: { type: "string", support: "accepted" },
    storageos: { type: "StorageOSPersistentVolumeSource", support: "accepted" },
    volumeAttributesClassName: { type: "string", support: "accepted" },
    volumeMode: { type: "string", support: "accepted" },
    vsphereVolume: { type: "VsphereVirtualDiskVolumeSource", support: "accepted" }
  },
  PersistentVolumeStatus: {
    lastPhaseTransitionTime: { type: "Time", support: "accepted" },
    message: { type: "string", support: "accepted" },
    phase: { type: "string", support: "accepted" },
    reason: { type: "string", support: "accepted" }
  },
  PhotonPersistentDiskVolumeSource: {
    fsType: { type: "string", support: "accepted" },
    pdID: { type: "string", required: true, support: "accepted" }
  },
  Pod: {
    apiVersion: { type: "string", support: "acted-on" },
    kind: { type: "string", support: "acted-on" },
    metadata: { type: "ObjectMeta", support: "acted-on" },
    spec: { type: "PodSpec", support: "acted-on" },
    status: { type: "PodStatus", support: "accepted", quiet: true }
  },
  PodAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: { type: "WeightedPodAffinityTerm", container: "list", support: "acted-on" },
    requiredDuringSchedulingIgnoredDuringExecution: { type: "PodAffinityTerm", container: "list", support: "acted-on" }
  },
  PodAffinityTerm: {
    labelSelector: { type: "LabelSelector", support: "acted-on" },
    matchLabelKeys: { type: "string", container: "list", support: "acted-on" },
    mismatchLabelKeys: { type: "string", container: "list", support: "acted-on" },
    namespaceSelector: { type: "LabelSelector", support: "acted-on" },
    namespaces: { type: "string", container: "list", support: "acted-on" },
    topologyKey: { type: "string", required: true, support: "acted-on" }
  },
  PodAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: { type: "WeightedPodAffinityTerm", container: "list", support: "acted-on" },
    requiredDuringSchedulingIgnoredDuringExecution: { type: "PodAffinityTerm", container: "list", support: "acted-on" }
  },
  PodCertificateProjection: {
    certificateChainPath: { type: "string", support: "accepted" },
    credentialBundlePath: { type: "string", support: "accepted" },
    keyPath: { type: "string", support: "accepted" },
    keyType: { type: "string", required: true, support: "accepted" },
    maxExpirationSeconds: { type: "integer", support: "accepted" },
    signerName: { type: "string", required: true, support: "accepted" },
    userAnnotations: { type: "string", container: "map", support: "accepted" }
  },
  PodCondition: {
    lastProbeTime: { type: "Time", support: "accepted" },
    lastTransitionTime: { type: "Time", support: "accepted" },
    message: { type: "string", support: "accepted" },
    observedGeneration: { type: "integer", support: "accepted" },
    reason: { type: "string", support: "accepted" },
    status: { type: "string", required: true, support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  PodDNSConfig: {
    nameservers: { type: "string", container: "list", support: "acted-on" },
    options: { type: "PodDNSConfigOption", container: "list", support: "acted-on" },
    searches: { type: "string", container: "list", support: "acted-on" }
  },
  PodDNSConfigOption: {
    name: { type: "string", support: "acted-on" },
    value: { type: "string", support: "acted-on", zero: "kept" }
  },
  PodDisruptionBudget: {
    apiVersion: { type: "string", support: "acted-on" },
    kind: { type: "string", support: "acted-on" },
    metadata: { type: "ObjectMeta", support: "acted-on" },
    spec: { type: "PodDisruptionBudgetSpec", support: "acted-on" },
    status: { type: "PodDisruptionBudgetStatus", support: "accepted", quiet: true }
  },
  PodDisruptionBudgetSpec: {
    maxUnavailable: { type: "IntOrString", support: "acted-on", zero: "kept" },
    minAvailable: { type: "IntOrString", support: "acted-on", zero: "kept" },
    selector: { type: "LabelSelector", support: "acted-on" },
    unhealthyPodEvictionPolicy: { type: "string", support: "acted-on" }
  },
  PodDisruptionBudgetStatus: {
    conditions: { type: "Condition", container: "list", support: "accepted" },
    currentHealthy: { type: "integer", support: "accepted" },
    desiredHealthy: { type: "integer", support: "accepted" },
    disruptedPods: { type: "Time", container: "map", support: "accepted" },
    disruptionsAllowed: { type: "integer", support: "accepted" },
    expectedPods: { type: "integer", support: "accepted" },
    observedGeneration: { type: "integer", support: "accepted" }
  },
  PodExtendedResourceClaimStatus: {
    requestMappings: { type: "ContainerExtendedResourceRequest", container: "list", required: true, support: "accepted" },
    resourceClaimName: { type: "string", required: true, support: "accepted" }
  },
  PodFailurePolicy: {
    rules: { type: "PodFailurePolicyRule", container: "list", required: true, support: "accepted" }
  },
  PodFailurePolicyOnExitCodesRequirement: {
    containerName: { type: "string", support: "accepted" },
    operator: { type: "string", required: true, support: "accepted" },
    values: { type: "integer", container: "list", required: true, support: "accepted" }
  },
  PodFailurePolicyOnPodConditionsPattern: {
    status: { type: "string", support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  PodFailurePolicyRule: {
    action: { type: "string", required: true, support: "accepted" },
    onExitCodes: { type: "PodFailurePolicyOnExitCodesRequirement", support: "accepted" },
    onPodConditions: { type: "PodFailurePolicyOnPodConditionsPattern", container: "list", support: "accepted" }
  },
  PodIP: {
    ip: { type: "string", required: true, support: "accepted" }
  },
  PodOS: {
    name: { type: "string", required: true, support: "accepted" }
  },
  PodReadinessGate: {
    conditionType: { type: "string", required: true, support: "accepted" }
  },
  PodResourceClaim: {
    name: { type: "string", required: true, support: "accepted" },
    resourceClaimName: { type: "string", support: "accepted" },
    resourceClaimTemplateName: { type: "string", support: "accepted" }
  },
  PodResourceClaimStatus: {
    name: { type: "string", required: true, support: "accepted" },
    resourceClaimName: { type: "string", support: "accepted" }
  },
  PodSchedulingGate: {
    name: { type: "string", required: true, support: "acted-on" }
  },
  PodSchedulingGroup: {
    podGroupName: { type: "string", support: "accepted" }
  },
  PodSecurityContext: {
    appArmorProfile: { type: "AppArmorProfile", support: "acted-on" },
    fsGroup: { type: "integer", support: "acted-on", zero: "kept" },
    fsGroupChangePolicy: { type: "string", support: "accepted" },
    runAsGroup: { type: "integer", support: "acted-on", zero: "kept" },
    runAsNonRoot: { type: "boolean", support: "acted-on" },
    runAsUser: { type: "integer", support: "acted-on", zero: "kept" },
    seLinuxChangePolicy: { type: "string", support: "accepted" },
    seLinuxOptions: { type: "SELinuxOptions", support: "acted-on", zero: "absent" },
    seccompProfile: { type: "SeccompProfile", support: "acted-on" },
    supplementalGroups: { type: "integer", container: "list", support: "acted-on" },
    supplementalGroupsPolicy: { type: "string", support: "accepted" },
    sysctls: { type: "Sysctl", container: "list", support: "acted-on" },
    windowsOptions: { type: "WindowsSecurityContextOptions", support: "accepted" }
  },
  PodSpec: {
    activeDeadlineSeconds: { type: "integer", support: "accepted", zero: "kept" },
    affinity: { type: "Affinity", support: "acted-on", zero: "absent" },
    automountServiceAccountToken: { type: "boolean", support: "accepted", zero: "kept" },
    containers: { type: "Container", container: "list", required: true, support: "acted-on" },
    dnsConfig: { type: "PodDNSConfig", support: "acted-on", zero: "absent" },
    dnsPolicy: { type: "string", support: "acted-on" },
    enableServiceLinks: { type: "boolean", support: "accepted", zero: "kept" },
    ephemeralContainers: { type: "EphemeralContainer", container: "list", support: "refused", reason: "ephemeral containers cannot be part of a manifest; use headway exec" },
    hostAliases: { type: "HostAlias", container: "list", support: "acted-on" },
    hostIPC: { type: "boolean", support: "acted-on" },
    hostNetwork: { type: "boolean", support: "acted-on" },
    hostPID: { type: "boolean", support: "acted-on" },
    hostUsers: { type: "boolean", support: "accepted", zero: "kept", satisfiedBy: [ true ] },
    hostname: { type: "string", support: "acted-on" },
    hostnameOverride: { type: "string", support: "accepted" },
    imagePullSecrets: { type: "LocalObjectReference", container: "list", support: "acted-on" },
    initContainers: { type: "Container", container: "list", support: "acted-on" },
    nodeName: { type: "string", support: "acted-on" },
    nodeSelector: { type: "string", container: "map", support: "acted-on" },
    os: {
      type: "PodOS",
      support: "accepted",
      satisfiedBy: [
        {
          name: "linux"
        }
      ]
    },
    overhead: { type: "Quantity", container: "map", support: "acted-on" },
    preemptionPolicy: { type: "string", support: "acted-on" },
    priority: { type: "integer", support: "acted-on", zero: "kept" },
    priorityClassName: { type: "string", support: "acted-on" },
    readinessGates: { type: "PodReadinessGate", container: "list", support: "accepted" },
    resourceClaims: { type: "PodResourceClaim", container: "list", support: "accepted" },
    resources: { type: "ResourceRequirements", support: "accepted", reason: "the pod is placed by it, but its limits are not enforced on the pod as a whole", zero: "absent" },
    restartPolicy: { type: "string", support: "acted-on" },
    runtimeClassName: { type: "string", support: "accepted" },
    schedulerName: { type: "string", support: "acted-on" },
    schedulingGates: { type: "PodSchedulingGate", container: "list", support: "acted-on" },
    schedulingGroup: { type: "PodSchedulingGroup", support: "accepted" },
    securityContext: { type: "PodSecurityContext", support: "acted-on" },
    serviceAccount: { type: "string", support: "accepted" },
    serviceAccountName: { type: "string", support: "accepted" },
    setHostnameAsFQDN: { type: "boolean", support: "accepted" },
    shareProcessNamespace: { type: "boolean", support: "acted-on" },
    subdomain: { type: "string", support: "accepted" },
    terminationGracePeriodSeconds: { type: "integer", support: "acted-on", zero: "kept" },
    tolerations: { type: "Toleration", container: "list", support: "acted-on" },
    topologySpreadConstraints: { type: "TopologySpreadConstraint", container: "list", support: "acted-on" },
    volumes: { type: "Volume", container: "list", support: "acted-on" }
  },
  PodStatus: {
    allocatedResources: { type: "Quantity", container: "map", support: "accepted" },
    conditions: { type: "PodCondition", container: "list", support: "accepted" },
    containerStatuses: { type: "ContainerStatus", container: "list", support: "accepted" },
    ephemeralContainerStatuses: { type: "ContainerStatus", container: "list", support: "accepted" },
    extendedResourceClaimStatus: { type: "PodExtendedResourceClaimStatus", support: "accepted" },
    hostIP: { type: "string", support: "accepted" },
    hostIPs: { type: "HostIP", container: "list", support: "accepted" },
    initContainerStatuses: { type: "ContainerStatus", container: "list", support: "accepted" },
    message: { type: "string", support: "accepted" },
    nodeAllocatableResourceClaimStatuses: { type: "NodeAllocatableResourceClaimStatus", container: "list", support: "accepted" },
    nominatedNodeName: { type: "string", support: "accepted" },
    observedGeneration: { type: "integer", support: "accepted" },
    phase: { type: "string", support: "accepted" },
    podIP: { type: "string", support: "accepted" },
    podIPs: { type: "PodIP", container: "list", support: "accepted" },
    qosClass: { type: "string", support: "accepted" },
    reason: { type: "string", support: "accepted" },
    resize: { type: "string", support: "accepted" },
    resourceClaimStatuses: { type: "PodResourceClaimStatus", container: "list", support: "accepted" },
    resources: { type: "ResourceRequirements", support: "accepted" },
    startTime: { type: "Time", support: "accepted" }
  },
  PodTemplate: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    template: { type: "PodTemplateSpec", support: "accepted" }
  },
  PodTemplateSpec: {
    metadata: { type: "ObjectMeta", support: "acted-on", zero: "absent" },
    spec: { type: "PodSpec", support: "acted-on", zero: "absent" }
  },
  PodsMetricSource: {
    metric: { type: "MetricIdentifier", required: true, support: "accepted" },
    target: { type: "MetricTarget", required: true, support: "accepted" }
  },
  PodsMetricStatus: {
    current: { type: "MetricValueStatus", required: true, support: "accepted" },
    metric: { type: "MetricIdentifier", required: true, support: "accepted" }
  },
  PolicyRule: {
    apiGroups: { type: "string", container: "list", support: "accepted" },
    nonResourceURLs: { type: "string", container: "list", support: "accepted" },
    resourceNames: { type: "string", container: "list", support: "accepted" },
    resources: { type: "string", container: "list", support: "accepted" },
    verbs: { type: "string", container: "list", required: true, support: "accepted" }
  },
  PortStatus: {
    error: { type: "string", support: "accepted" },
    port: { type: "integer", required: true, support: "accepted" },
    protocol: { type: "string", required: true, support: "accepted" }
  },
  PortworxVolumeSource: {
    fsType: { type: "string", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    volumeID: { type: "string", required: true, support: "accepted" }
  },
  Preconditions: {
    resourceVersion: { type: "string", support: "accepted" },
    uid: { type: "string", support: "accepted" }
  },
  PreferredSchedulingTerm: {
    preference: { type: "NodeSelectorTerm", required: true, support: "acted-on" },
    weight: { type: "integer", required: true, support: "acted-on" }
  },
  PriorityClass: {
    apiVersion: { type: "string", support: "acted-on" },
    description: { type: "string", support: "accepted", quiet: true },
    globalDefault: { type: "boolean", support: "acted-on" },
    kind: { type: "string", support: "acted-on" },
    metadata: { type: "ObjectMeta", support: "acted-on" },
    preemptionPolicy: { type: "string", support: "acted-on" },
    value: { type: "integer", support: "acted-on" }
  },
  Probe: {
    exec: { type: "ExecAction", support: "acted-on" },
    failureThreshold: { type: "integer", support: "acted-on" },
    grpc: { type: "GRPCAction", support: "acted-on" },
    httpGet: { type: "HTTPGetAction", support: "acted-on" },
    initialDelaySeconds: { type: "integer", support: "acted-on" },
    periodSeconds: { type: "integer", support: "acted-on" },
    successThreshold: { type: "integer", support: "acted-on" },
    tcpSocket: { type: "TCPSocketAction", support: "acted-on" },
    terminationGracePeriodSeconds: { type: "integer", support: "acted-on", zero: "kept" },
    timeoutSeconds: { type: "integer", support: "acted-on" }
  },
  ProjectedVolumeSource: {
    defaultMode: { type: "integer", support: "acted-on", zero: "kept" },
    sources: { type: "VolumeProjection", container: "list", support: "acted-on" }
  },
  QuobyteVolumeSource: {
    group: { type: "string", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    registry: { type: "string", required: true, support: "accepted" },
    tenant: { type: "string", support: "accepted" },
    user: { type: "string", support: "accepted" },
    volume: { type: "string", required: true, support: "accepted" }
  },
  RBDPersistentVolumeSource: {
    fsType: { type: "string", support: "accepted" },
    image: { type: "string", required: true, support: "accepted" },
    keyring: { type: "string", support: "accepted" },
    monitors: { type: "string", container: "list", required: true, support: "accepted" },
    pool: { type: "string", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    secretRef: { type: "SecretReference", support: "accepted" },
    user: { type: "string", support: "accepted" }
  },
  RBDVolumeSource: {
    fsType: { type: "string", support: "accepted" },
    image: { type: "string", required: true, support: "accepted" },
    keyring: { type: "string", support: "accepted" },
    monitors: { type: "string", container: "list", required: true, support: "accepted" },
    pool: { type: "string", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    secretRef: { type: "LocalObjectReference", support: "accepted" },
    user: { type: "string", support: "accepted" }
  },
  ReplicaSet: {
    apiVersion: { type: "string", support: "acted-on" },
    kind: { type: "string", support: "acted-on" },
    metadata: { type: "ObjectMeta", support: "acted-on" },
    spec: { type: "ReplicaSetSpec", support: "acted-on" },
    status: { type: "ReplicaSetStatus", support: "accepted", quiet: true }
  },
  ReplicaSetCondition: {
    lastTransitionTime: { type: "Time", support: "accepted" },
    message: { type: "string", support: "accepted" },
    reason: { type: "string", support: "accepted" },
    status: { type: "string", required: true, support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  ReplicaSetSpec: {
    minReadySeconds: { type: "integer", support: "acted-on" },
    replicas: { type: "integer", support: "acted-on", zero: "kept" },
    selector: { type: "LabelSelector", required: true, support: "acted-on" },
    template: { type: "PodTemplateSpec", support: "acted-on" }
  },
  ReplicaSetStatus: {
    availableReplicas: { type: "integer", support: "accepted" },
    conditions: { type: "ReplicaSetCondition", container: "list", support: "accepted" },
    fullyLabeledReplicas: { type: "integer", support: "accepted" },
    observedGeneration: { type: "integer", support: "accepted" },
    readyReplicas: { type: "integer", support: "accepted" },
    replicas: { type: "integer", required: true, support: "accepted" },
    terminatingReplicas: { type: "integer", support: "accepted" }
  },
  ReplicationController: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "ReplicationControllerSpec", support: "accepted" },
    status: { type: "ReplicationControllerStatus", support: "accepted", quiet: true }
  },
  ReplicationControllerCondition: {
    lastTransitionTime: { type: "Time", support: "accepted" },
    message: { type: "string", support: "accepted" },
    reason: { type: "string", support: "accepted" },
    status: { type: "string", required: true, support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  ReplicationControllerSpec: {
    minReadySeconds: { type: "integer", support: "accepted" },
    replicas: { type: "integer", support: "accepted", zero: "kept" },
    selector: { type: "string", container: "map", support: "accepted" },
    template: { type: "PodTemplateSpec", support: "accepted" }
  },
  ReplicationControllerStatus: {
    availableReplicas: { type: "integer", support: "accepted" },
    conditions: { type: "ReplicationControllerCondition", container: "list", support: "accepted" },
    fullyLabeledReplicas: { type: "integer", support: "accepted" },
    observedGeneration: { type: "integer", support: "accepted" },
    readyReplicas: { type: "integer", support: "accepted" },
    replicas: { type: "integer", required: true, support: "accepted" }
  },
  ResourceClaim: {
    name: { type: "string", required: true, support: "accepted" },
    request: { type: "string", support: "accepted" }
  },
  ResourceFieldSelector: {
    containerName: { type: "string", support: "acted-on" },
    divisor: { type: "Quantity", support: "acted-on" },
    resource: { type: "string", required: true, support: "acted-on" }
  },
  ResourceHealth: {
    health: { type: "string", support: "accepted" },
    message: { type: "string", support: "accepted" },
    resourceID: { type: "string", required: true, support: "accepted" }
  },
  ResourceMetricSource: {
    name: { type: "string", required: true, support: "accepted" },
    target: { type: "MetricTarget", required: true, support: "accepted" }
  },
  ResourceMetricStatus: {
    current: { type: "MetricValueStatus", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" }
  },
  ResourceQuota: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "ResourceQuotaSpec", support: "accepted" },
    status: { type: "ResourceQuotaStatus", support: "accepted", quiet: true }
  },
  ResourceQuotaSpec: {
    hard: { type: "Quantity", container: "map", support: "accepted" },
    scopeSelector: { type: "ScopeSelector", support: "accepted" },
    scopes: { type: "string", container: "list", support: "accepted" }
  },
  ResourceQuotaStatus: {
    hard: { type: "Quantity", container: "map", support: "accepted" },
    used: { type: "Quantity", container: "map", support: "accepted" }
  },
  ResourceRequirements: {
    claims: { type: "ResourceClaim", container: "list", support: "accepted" },
    limits: { type: "Quantity", container: "map", support: "acted-on" },
    requests: { type: "Quantity", container: "map", support: "acted-on" }
  },
  ResourceStatus: {
    name: { type: "string", required: true, support: "accepted" },
    resources: { type: "ResourceHealth", container: "list", support: "accepted" }
  },
  Role: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    rules: { type: "PolicyRule", container: "list", support: "accepted" }
  },
  RoleBinding: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    roleRef: { type: "RoleRef", required: true, support: "accepted" },
    subjects: { type: "Subject", container: "list", support: "accepted" }
  },
  RoleRef: {
    apiGroup: { type: "string", support: "accepted" },
    kind: { type: "string", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" }
  },
  RollingUpdateDaemonSet: {
    maxSurge: { type: "IntOrString", support: "accepted", zero: "kept" },
    maxUnavailable: { type: "IntOrString", support: "accepted", zero: "kept" }
  },
  RollingUpdateDeployment: {
    maxSurge: { type: "IntOrString", support: "acted-on", zero: "kept" },
    maxUnavailable: { type: "IntOrString", support: "acted-on", zero: "kept" }
  },
  RollingUpdateStatefulSetStrategy: {
    maxUnavailable: { type: "IntOrString", support: "accepted", zero: "kept" },
    partition: { type: "integer", support: "accepted", zero: "kept" }
  },
  SELinuxOptions: {
    level: { type: "string", support: "acted-on" },
    role: { type: "string", support: "acted-on" },
    type: { type: "string", support: "acted-on" },
    user: { type: "string", support: "acted-on" }
  },
  Scale: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "ScaleSpec", support: "accepted" },
    status: { type: "ScaleStatus", support: "accepted", quiet: true }
  },
  ScaleIOPersistentVolumeSource: {
    fsType: { type: "string", support: "accepted" },
    gateway: { type: "string", required: true, support: "accepted" },
    protectionDomain: { type: "string", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    secretRef: { type: "SecretReference", required: true, support: "accepted" },
    sslEnabled: { type: "boolean", support: "accepted" },
    storageMode: { type: "string", support: "accepted" },
    storagePool: { type: "string", support: "accepted" },
    system: { type: "string", required: true, support: "accepted" },
    volumeName: { type: "string", support: "accepted" }
  },
  ScaleIOVolumeSource: {
    fsType: { type: "string", support: "accepted" },
    gateway: { type: "string", required: true, support: "accepted" },
    protectionDomain: { type: "string", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    secretRef: { type: "LocalObjectReference", required: true, support: "accepted" },
    sslEnabled: { type: "boolean", support: "accepted" },
    storageMode: { type: "string", support: "accepted" },
    storagePool: { type: "string", support: "accepted" },
    system: { type: "string", required: true, support: "accepted" },
    volumeName: { type: "string", support: "accepted" }
  },
  ScaleSpec: {
    replicas: { type: "integer", support: "accepted" }
  },
  ScaleStatus: {
    replicas: { type: "integer", required: true, support: "accepted" },
    selector: { type: "string", support: "accepted" }
  },
  ScopeSelector: {
    matchExpressions: { type: "ScopedResourceSelectorRequirement", container: "list", support: "accepted" }
  },
  ScopedResourceSelectorRequirement: {
    operator: { type: "string", required: true, support: "accepted" },
    scopeName: { type: "string", required: true, support: "accepted" },
    values: { type: "string", container: "list", support: "accepted" }
  },
  SeccompProfile: {
    localhostProfile: { type: "string", support: "accepted" },
    type: {
      type: "string",
      required: true,
      support: "acted-on",
      refusedValues: {
        Localhost: "profiles of the host are not loaded; use RuntimeDefault or Unconfined"
      }
    }
  },
  Secret: {
    apiVersion: { type: "string", support: "acted-on" },
    data: { type: "string", container: "map", support: "acted-on" },
    immutable: { type: "boolean", support: "acted-on" },
    kind: { type: "string", support: "acted-on" },
    metadata: { type: "ObjectMeta", support: "acted-on" },
    stringData: { type: "string", container: "map", support: "acted-on" },
    type: { type: "string", support: "acted-on" }
  },
  SecretEnvSource: {
    name: { type: "string", support: "acted-on" },
    optional: { type: "boolean", support: "acted-on" }
  },
  SecretKeySelector: {
    key: { type: "string", required: true, support: "acted-on" },
    name: { type: "string", support: "acted-on" },
    optional: { type: "boolean", support: "acted-on" }
  },
  SecretProjection: {
    items: { type: "KeyToPath", container: "list", support: "acted-on" },
    name: { type: "string", support: "acted-on" },
    optional: { type: "boolean", support: "acted-on" }
  },
  SecretReference: {
    name: { type: "string", support: "accepted" },
    namespace: { type: "string", support: "accepted" }
  },
  SecretVolumeSource: {
    defaultMode: { type: "integer", support: "acted-on", zero: "kept" },
    items: { type: "KeyToPath", container: "list", support: "acted-on" },
    optional: { type: "boolean", support: "acted-on" },
    secretName: { type: "string", support: "acted-on" }
  },
  SecurityContext: {
    allowPrivilegeEscalation: { type: "boolean", support: "acted-on", zero: "kept" },
    appArmorProfile: { type: "AppArmorProfile", support: "acted-on" },
    capabilities: { type: "Capabilities", support: "acted-on", zero: "absent" },
    privileged: { type: "boolean", support: "acted-on" },
    procMount: { type: "string", support: "accepted", satisfiedBy: [ "Default" ] },
    readOnlyRootFilesystem: { type: "boolean", support: "acted-on" },
    runAsGroup: { type: "integer", support: "acted-on", zero: "kept" },
    runAsNonRoot: { type: "boolean", support: "acted-on", zero: "kept" },
    runAsUser: { type: "integer", support: "acted-on", zero: "kept" },
    seLinuxOptions: { type: "SELinuxOptions", support: "acted-on", zero: "absent" },
    seccompProfile: { type: "SeccompProfile", support: "acted-on" },
    windowsOptions: { type: "WindowsSecurityContextOptions", support: "accepted" }
  },
  SelectableField: {
    jsonPath: { type: "string", required: true, support: "accepted" }
  },
  Service: {
    apiVersion: { type: "string", support: "acted-on" },
    kind: { type: "string", support: "acted-on" },
    metadata: { type: "ObjectMeta", support: "acted-on" },
    spec: { type: "ServiceSpec", support: "acted-on" },
    status: { type: "ServiceStatus", support: "accepted", quiet: true }
  },
  ServiceAccount: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    automountServiceAccountToken: { type: "boolean", support: "accepted", zero: "kept" },
    imagePullSecrets: { type: "LocalObjectReference", container: "list", support: "accepted" },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    secrets: { type: "ObjectReference", container: "list", support: "accepted" }
  },
  ServiceAccountTokenProjection: {
    audience: { type: "string", support: "accepted" },
    expirationSeconds: { type: "integer", support: "accepted" },
    path: { type: "string", required: true, support: "accepted" }
  },
  ServiceBackendPort: {
    name: { type: "string", support: "accepted" },
    number: { type: "integer", support: "accepted" }
  },
  ServicePort: {
    appProtocol: { type: "string", support: "accepted", quiet: true },
    name: { type: "string", support: "acted-on" },
    nodePort: { type: "integer", support: "acted-on" },
    port: { type: "integer", required: true, support: "acted-on" },
    protocol: {
      type: "string",
      support: "acted-on",
      acceptedValues: {
        UDP: "only TCP is proxied yet",
        SCTP: "only TCP is proxied yet"
      }
    },
    targetPort: { type: "IntOrString", support: "acted-on" }
  },
  ServiceReference: {
    name: { type: "string", required: true, support: "accepted" },
    namespace: { type: "string", required: true, support: "accepted" },
    path: { type: "string", support: "accepted" },
    port: { type: "integer", support: "accepted" }
  },
  ServiceSpec: {
    allocateLoadBalancerNodePorts: { type: "boolean", support: "accepted", zero: "kept" },
    clusterIP: { type: "string", support: "acted-on" },
    clusterIPs: { type: "string", container: "list", support: "accepted" },
    externalIPs: { type: "string", container: "list", support: "accepted" },
    externalName: { type: "string", support: "accepted" },
    externalTrafficPolicy: { type: "string", support: "accepted", satisfiedBy: [ "Cluster" ] },
    healthCheckNodePort: { type: "integer", support: "accepted" },
    internalTrafficPolicy: { type: "string", support: "accepted", satisfiedBy: [ "Cluster" ] },
    ipFamilies: { type: "string", container: "list", support: "accepted", satisfiedBy: [ [ "IPv4" ] ] },
    ipFamilyPolicy: { type: "string", support: "accepted", satisfiedBy: [ "SingleStack", "PreferDualStack" ] },
    loadBalancerClass: { type: "string", support: "accepted" },
    loadBalancerIP: { type: "string", support: "accepted" },
    loadBalancerSourceRanges: { type: "string", container: "list", support: "accepted" },
    ports: { type: "ServicePort", container: "list", support: "acted-on" },
    publishNotReadyAddresses: { type: "boolean", support: "accepted" },
    selector: { type: "string", container: "map", support: "acted-on" },
    sessionAffinity: { type: "string", support: "acted-on" },
    sessionAffinityConfig: { type: "SessionAffinityConfig", support: "acted-on", zero: "absent" },
    trafficDistribution: { type: "string", support: "accepted" },
    type: {
      type: "string",
      support: "acted-on",
      acceptedValues: {
        LoadBalancer: "no load balancer is made, the Service is reachable at its cluster address and node ports",
        ExternalName: "no name is served for it yet"
      }
    }
  },
  ServiceStatus: {
    conditions: { type: "Condition", container: "list", support: "accepted" },
    loadBalancer: { type: "LoadBalancerStatus", support: "accepted" }
  },
  SessionAffinityConfig: {
    clientIP: { type: "ClientIPConfig", support: "acted-on" }
  },
  ShardInfo: {
    selector: { type: "string", required: true, support: "accepted" }
  },
  SleepAction: {
    seconds: { type: "integer", required: true, support: "acted-on" }
  },
  StatefulSet: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "StatefulSetSpec", support: "accepted" },
    status: { type: "StatefulSetStatus", support: "accepted", quiet: true }
  },
  StatefulSetCondition: {
    lastTransitionTime: { type: "Time", support: "accepted" },
    message: { type: "string", support: "accepted" },
    reason: { type: "string", support: "accepted" },
    status: { type: "string", required: true, support: "accepted" },
    type: { type: "string", required: true, support: "accepted" }
  },
  StatefulSetOrdinals: {
    start: { type: "integer", support: "accepted" }
  },
  StatefulSetPersistentVolumeClaimRetentionPolicy: {
    whenDeleted: { type: "string", support: "accepted" },
    whenScaled: { type: "string", support: "accepted" }
  },
  StatefulSetSpec: {
    minReadySeconds: { type: "integer", support: "accepted" },
    ordinals: { type: "StatefulSetOrdinals", support: "accepted" },
    persistentVolumeClaimRetentionPolicy: { type: "StatefulSetPersistentVolumeClaimRetentionPolicy", support: "accepted" },
    podManagementPolicy: { type: "string", support: "accepted" },
    replicas: { type: "integer", support: "accepted", zero: "kept" },
    revisionHistoryLimit: { type: "integer", support: "accepted", zero: "kept" },
    selector: { type: "LabelSelector", required: true, support: "accepted" },
    serviceName: { type: "string", support: "accepted" },
    template: { type: "PodTemplateSpec", required: true, support: "accepted" },
    updateStrategy: { type: "StatefulSetUpdateStrategy", support: "accepted" },
    volumeClaimTemplates: { type: "PersistentVolumeClaim", container: "list", support: "accepted" }
  },
  StatefulSetStatus: {
    availableReplicas: { type: "integer", support: "accepted" },
    collisionCount: { type: "integer", support: "accepted" },
    conditions: { type: "StatefulSetCondition", container: "list", support: "accepted" },
    currentReplicas: { type: "integer", support: "accepted" },
    currentRevision: { type: "string", support: "accepted" },
    observedGeneration: { type: "integer", support: "accepted" },
    readyReplicas: { type: "integer", support: "accepted" },
    replicas: { type: "integer", required: true, support: "accepted" },
    updateRevision: { type: "string", support: "accepted" },
    updatedReplicas: { type: "integer", support: "accepted" }
  },
  StatefulSetUpdateStrategy: {
    rollingUpdate: { type: "RollingUpdateStatefulSetStrategy", support: "accepted" },
    type: { type: "string", support: "accepted" }
  },
  Status: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    code: { type: "integer", support: "accepted" },
    details: { type: "StatusDetails", support: "accepted" },
    kind: { type: "string", support: "accepted", quiet: true },
    message: { type: "string", support: "accepted" },
    metadata: { type: "ListMeta", support: "accepted", quiet: true },
    reason: { type: "string", support: "accepted" },
    status: { type: "string", support: "accepted", quiet: true }
  },
  StatusCause: {
    field: { type: "string", support: "accepted" },
    message: { type: "string", support: "accepted" },
    reason: { type: "string", support: "accepted" }
  },
  StatusDetails: {
    causes: { type: "StatusCause", container: "list", support: "accepted" },
    group: { type: "string", support: "accepted" },
    kind: { type: "string", support: "accepted" },
    name: { type: "string", support: "accepted" },
    retryAfterSeconds: { type: "integer", support: "accepted" },
    uid: { type: "string", support: "accepted" }
  },
  StorageClass: {
    allowVolumeExpansion: { type: "boolean", support: "accepted", zero: "kept" },
    allowedTopologies: { type: "TopologySelectorTerm", container: "list", support: "accepted" },
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    mountOptions: { type: "string", container: "list", support: "accepted" },
    parameters: { type: "string", container: "map", support: "accepted" },
    provisioner: { type: "string", required: true, support: "accepted" },
    reclaimPolicy: { type: "string", support: "accepted", zero: "kept" },
    volumeBindingMode: { type: "string", support: "accepted" }
  },
  StorageOSPersistentVolumeSource: {
    fsType: { type: "string", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    secretRef: { type: "ObjectReference", support: "accepted" },
    volumeName: { type: "string", support: "accepted" },
    volumeNamespace: { type: "string", support: "accepted" }
  },
  StorageOSVolumeSource: {
    fsType: { type: "string", support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    secretRef: { type: "LocalObjectReference", support: "accepted" },
    volumeName: { type: "string", support: "accepted" },
    volumeNamespace: { type: "string", support: "accepted" }
  },
  Subject: {
    apiGroup: { type: "string", support: "accepted" },
    kind: { type: "string", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" },
    namespace: { type: "string", support: "accepted" }
  },
  SuccessPolicy: {
    rules: { type: "SuccessPolicyRule", container: "list", required: true, support: "accepted" }
  },
  SuccessPolicyRule: {
    succeededCount: { type: "integer", support: "accepted" },
    succeededIndexes: { type: "string", support: "accepted" }
  },
  Sysctl: {
    name: { type: "string", required: true, support: "acted-on" },
    value: { type: "string", required: true, support: "acted-on" }
  },
  TCPSocketAction: {
    host: { type: "string", support: "acted-on" },
    port: { type: "IntOrString", required: true, support: "acted-on" }
  },
  Taint: {
    effect: { type: "string", required: true, support: "acted-on" },
    key: { type: "string", required: true, support: "acted-on" },
    timeAdded: { type: "Time", support: "accepted" },
    value: { type: "string", support: "acted-on" }
  },
  Toleration: {
    effect: { type: "string", support: "acted-on" },
    key: { type: "string", support: "acted-on" },
    operator: {
      type: "string",
      support: "acted-on",
      refusedValues: {
        Gt: "taints are compared by Equal and Exists only",
        Lt: "taints are compared by Equal and Exists only"
      }
    },
    tolerationSeconds: { type: "integer", support: "acted-on", zero: "kept" },
    value: { type: "string", support: "acted-on" }
  },
  TopologySelectorLabelRequirement: {
    key: { type: "string", required: true, support: "accepted" },
    values: { type: "string", container: "list", required: true, support: "accepted" }
  },
  TopologySelectorTerm: {
    matchLabelExpressions: { type: "TopologySelectorLabelRequirement", container: "list", support: "accepted" }
  },
  TopologySpreadConstraint: {
    labelSelector: { type: "LabelSelector", support: "acted-on" },
    matchLabelKeys: { type: "string", container: "list", support: "acted-on" },
    maxSkew: { type: "integer", required: true, support: "acted-on" },
    minDomains: { type: "integer", support: "acted-on" },
    nodeAffinityPolicy: { type: "string", support: "acted-on" },
    nodeTaintsPolicy: { type: "string", support: "acted-on" },
    topologyKey: { type: "string", required: true, support: "acted-on" },
    whenUnsatisfiable: { type: "string", required: true, support: "acted-on" }
  },
  TypedLocalObjectReference: {
    apiGroup: { type: "string", support: "accepted" },
    kind: { type: "string", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" }
  },
  TypedObjectReference: {
    apiGroup: { type: "string", support: "accepted" },
    kind: { type: "string", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" },
    namespace: { type: "string", support: "accepted" }
  },
  UncountedTerminatedPods: {
    failed: { type: "string", container: "list", support: "accepted" },
    succeeded: { type: "string", container: "list", support: "accepted" }
  },
  V2CrossVersionObjectReference: {
    apiVersion: { type: "string", support: "accepted" },
    kind: { type: "string", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" }
  },
  V2HorizontalPodAutoscaler: {
    apiVersion: { type: "string", support: "accepted", quiet: true },
    kind: { type: "string", support: "accepted", quiet: true },
    metadata: { type: "ObjectMeta", support: "accepted", quiet: true },
    spec: { type: "V2HorizontalPodAutoscalerSpec", required: true, support: "accepted" },
    status: { type: "V2HorizontalPodAutoscalerStatus", support: "accepted", quiet: true }
  },
  V2HorizontalPodAutoscalerSpec: {
    behavior: { type: "HorizontalPodAutoscalerBehavior", support: "accepted" },
    maxReplicas: { type: "integer", required: true, support: "accepted" },
    metrics: { type: "MetricSpec", container: "list", support: "accepted" },
    minReplicas: { type: "integer", support: "accepted", zero: "kept" },
    scaleTargetRef: { type: "V2CrossVersionObjectReference", required: true, support: "accepted" }
  },
  V2HorizontalPodAutoscalerStatus: {
    conditions: { type: "HorizontalPodAutoscalerCondition", container: "list", support: "accepted" },
    currentMetrics: { type: "MetricStatus", container: "list", support: "accepted" },
    currentReplicas: { type: "integer", support: "accepted" },
    desiredReplicas: { type: "integer", required: true, support: "accepted" },
    lastScaleTime: { type: "Time", support: "accepted" },
    observedGeneration: { type: "integer", support: "accepted" }
  },
  ValidationRule: {
    fieldPath: { type: "string", support: "accepted" },
    message: { type: "string", support: "accepted" },
    messageExpression: { type: "string", support: "accepted" },
    optionalOldSelf: { type: "boolean", support: "accepted" },
    reason: { type: "string", support: "accepted" },
    rule: { type: "string", required: true, support: "accepted" }
  },
  Volume: {
    awsElasticBlockStore: { type: "AWSElasticBlockStoreVolumeSource", support: "refused", reason: "no Docker host can attach an AWS disk; use hostPath, nfs or a persistentVolumeClaim" },
    azureDisk: { type: "AzureDiskVolumeSource", support: "refused", reason: "no Docker host can attach an Azure disk; use hostPath, nfs or a persistentVolumeClaim" },
    azureFile: { type: "AzureFileVolumeSource", support: "refused", reason: "no Docker host can attach an Azure file share; use hostPath, nfs or a persistentVolumeClaim" },
    cephfs: { type: "CephFSVolumeSource", support: "refused", reason: "no Docker host can attach a CephFS share; use hostPath, nfs or a persistentVolumeClaim" },
    cinder: { type: "CinderVolumeSource", support: "refused", reason: "no Docker host can attach an OpenStack disk; use hostPath, nfs or a persistentVolumeClaim" },
    configMap: { type: "ConfigMapVolumeSource", support: "acted-on" },
    csi: { type: "CSIVolumeSource", support: "refused", reason: "CSI drivers need a kubelet; use hostPath, nfs or a persistentVolumeClaim" },
    downwardAPI: { type: "DownwardAPIVolumeSource", support: "acted-on" },
    emptyDir: { type: "EmptyDirVolumeSource", support: "acted-on" },
    ephemeral: { type: "EphemeralVolumeSource", support: "accepted", reason: "a pod that needs a claim waits on `unsupported`" },
    fc: { type: "FCVolumeSource", support: "refused", reason: "no Docker host can attach a Fibre Channel disk; use hostPath, nfs or a persistentVolumeClaim" },
    flexVolume: { type: "FlexVolumeSource", support: "refused", reason: "no Docker host can attach a FlexVolume driver; use hostPath, nfs or a persistentVolumeClaim" },
    flocker: { type: "FlockerVolumeSource", support: "refused", reason: "no Docker host can attach a Flocker volume; use hostPath, nfs or a persistentVolumeClaim" },
    gcePersistentDisk: { type: "GCEPersistentDiskVolumeSource", support: "refused", reason: "no Docker host can attach a Google Cloud disk; use hostPath, nfs or a persistentVolumeClaim" },
    gitRepo: { type: "GitRepoVolumeSource", support: "refused", reason: "Kubernetes has switched it off as unsafe; clone in an init container into an emptyDir" },
    glusterfs: { type: "GlusterfsVolumeSource", support: "refused", reason: "no Docker host can attach a GlusterFS share; use hostPath, nfs or a persistentVolumeClaim" },
    hostPath: { type: "HostPathVolumeSource", support: "acted-on" },
    image: { type: "ImageVolumeSource", support: "accepted" },
    iscsi: { type: "ISCSIVolumeSource", support: "refused", reason: "no Docker host can attach an iSCSI disk; use hostPath, nfs or a persistentVolumeClaim" },
    name: { type: "string", required: true, support: "acted-on" },
    nfs: { type: "NFSVolumeSource", support: "accepted" },
    persistentVolumeClaim: { type: "PersistentVolumeClaimVolumeSource", support: "accepted", reason: "a pod that needs a claim waits on `unsupported`" },
    photonPersistentDisk: { type: "PhotonPersistentDiskVolumeSource", support: "refused", reason: "no Docker host can attach a Photon disk; use hostPath, nfs or a persistentVolumeClaim" },
    portworxVolume: { type: "PortworxVolumeSource", support: "refused", reason: "no Docker host can attach a Portworx volume; use hostPath, nfs or a persistentVolumeClaim" },
    projected: { type: "ProjectedVolumeSource", support: "acted-on" },
    quobyte: { type: "QuobyteVolumeSource", support: "refused", reason: "no Docker host can attach a Quobyte volume; use hostPath, nfs or a persistentVolumeClaim" },
    rbd: { type: "RBDVolumeSource", support: "refused", reason: "no Docker host can attach a Ceph disk; use hostPath, nfs or a persistentVolumeClaim" },
    scaleIO: { type: "ScaleIOVolumeSource", support: "refused", reason: "no Docker host can attach a ScaleIO volume; use hostPath, nfs or a persistentVolumeClaim" },
    secret: { type: "SecretVolumeSource", support: "acted-on" },
    storageos: { type: "StorageOSVolumeSource", support: "refused", reason: "no Docker host can attach a StorageOS volume; use hostPath, nfs or a persistentVolumeClaim" },
    vsphereVolume: { type: "VsphereVirtualDiskVolumeSource", support: "refused", reason: "no Docker host can attach a vSphere disk; use hostPath, nfs or a persistentVolumeClaim" }
  },
  VolumeDevice: {
    devicePath: { type: "string", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" }
  },
  VolumeMount: {
    mountPath: { type: "string", required: true, support: "acted-on" },
    mountPropagation: { type: "string", support: "acted-on" },
    name: { type: "string", required: true, support: "acted-on" },
    readOnly: { type: "boolean", support: "acted-on" },
    recursiveReadOnly: { type: "string", support: "accepted", satisfiedBy: [ "Disabled" ] },
    subPath: { type: "string", support: "acted-on" },
    subPathExpr: { type: "string", support: "acted-on" }
  },
  VolumeMountStatus: {
    mountPath: { type: "string", required: true, support: "accepted" },
    name: { type: "string", required: true, support: "accepted" },
    readOnly: { type: "boolean", support: "accepted" },
    recursiveReadOnly: { type: "string", support: "accepted" },
    volumeStatus: { type: "VolumeStatus", support: "accepted" }
  },
  VolumeNodeAffinity: {
    required: { type: "NodeSelector", support: "accepted" }
  },
  VolumeProjection: {
    clusterTrustBundle: { type: "ClusterTrustBundleProjection", support: "accepted" },
    configMap: { type: "ConfigMapProjection", support: "acted-on" },
    downwardAPI: { type: "DownwardAPIProjection", support: "acted-on" },
    podCertificate: { type: "PodCertificateProjection", support: "accepted" },
    secret: { type: "SecretProjection", support: "acted-on" },
    serviceAccountToken: { type: "ServiceAccountTokenProjection", support: "accepted" }
  },
  VolumeResourceRequirements: {
    limits: { type: "Quantity", container: "map", support: "accepted" },
    requests: { type: "Quantity", container: "map", support: "accepted" }
  },
  VolumeStatus: {
    image: { type: "ImageVolumeStatus", support: "accepted" }
  },
  VsphereVirtualDiskVolumeSource: {
    fsType: { type: "string", support: "accepted" },
    storagePolicyID: { type: "string", support: "accepted" },
    storagePolicyName: { type: "string", support: "accepted" },
    volumePath: { type: "string", required: true, support: "accepted" }
  },
  WebhookClientConfig: {
    caBundle: { type: "string", support: "accepted" },
    service: { type: "ServiceReference", support: "accepted" },
    url: { type: "string", support: "accepted" }
  },
  WebhookConversion: {
    clientConfig: { type: "WebhookClientConfig", support: "accepted" },
    conversionReviewVersions: { type: "string", container: "list", required: true, support: "accepted" }
  },
  WeightedPodAffinityTerm: {
    podAffinityTerm: { type: "PodAffinityTerm", required: true, support: "acted-on" },
    weight: { type: "integer", required: true, support: "acted-on" }
  },
  WindowsSecurityContextOptions: {
    gmsaCredentialSpec: { type: "string", support: "accepted" },
    gmsaCredentialSpecName: { type: "string", support: "accepted" },
    hostProcess: { type: "boolean", support: "accepted" },
    runAsUserName: { type: "string", support: "accepted" }
  },
  ClusterConfiguration: {
    apiVersion: { type: "string", support: "acted-on" },
    kind: { type: "string", support: "acted-on" },
    metadata: { type: "ObjectMeta", support: "acted-on" },
    spec: { type: "ClusterConfigurationSpec", support: "acted-on" },
    status: { type: "object", support: "accepted", quiet: true }
  },
  ClusterConfigurationSpec: {
    podCIDR: { type: "string", support: "acted-on" },
    nodePrefixLength: { type: "integer", support: "acted-on", zero: "kept" },
    serviceCIDR: { type: "string", support: "acted-on" },
    nodePortRange: { type: "string", support: "acted-on" },
    nodeSilenceSeconds: { type: "number", support: "acted-on", zero: "kept" },
    evictionDelaySeconds: { type: "number", support: "acted-on", zero: "kept" },
    deleteBrakePercent: { type: "number", support: "acted-on", zero: "kept" },
    podsPerNode: { type: "integer", support: "acted-on", zero: "kept" },
    rebalancing: { type: "Rebalancing", support: "acted-on" },
    schedulerProfiles: { type: "SchedulerProfile", container: "list", support: "acted-on" }
  },
  Rebalancing: {
    enabled: { type: "boolean", support: "acted-on" },
    movesPerMinute: { type: "number", support: "acted-on", zero: "kept" },
    thresholdPercent: { type: "number", support: "acted-on", zero: "kept" }
  },
  SchedulerProfile: {
    schedulerName: { type: "string", required: true, support: "acted-on" },
    weights: { type: "integer", container: "map", support: "acted-on" },
    scoringStrategy: { type: "SchedulerScoringStrategy", support: "acted-on" },
    balancedResources: { type: "string", container: "list", support: "acted-on" },
    defaultConstraints: { type: "SchedulerSpreadConstraint", container: "list", support: "acted-on" }
  },
  SchedulerResource: {
    name: { type: "string", required: true, support: "acted-on" },
    weight: { type: "integer", support: "acted-on" }
  },
  SchedulerScoringStrategy: {
    type: { type: "string", support: "acted-on" },
    resources: { type: "SchedulerResource", container: "list", support: "acted-on" },
    shape: { type: "SchedulerShapePoint", container: "list", support: "acted-on" }
  },
  SchedulerShapePoint: {
    utilization: { type: "integer", required: true, support: "acted-on", zero: "kept" },
    score: { type: "integer", required: true, support: "acted-on", zero: "kept" }
  },
  SchedulerSpreadConstraint: {
    maxSkew: { type: "integer", required: true, support: "acted-on" },
    topologyKey: { type: "string", required: true, support: "acted-on" },
    whenUnsatisfiable: { type: "string", required: true, support: "acted-on" }
  }
}

/** The definition of an object, by `apiVersion Kind`. */
export const rootDefinitions: { readonly [apiVersionAndKind: string]: string } = {
  "headway.dev/v1 ClusterConfiguration": "ClusterConfiguration",
  "apiextensions.k8s.io/v1 CustomResourceDefinition": "CustomResourceDefinition",
  "apps/v1 ControllerRevision": "ControllerRevision",
  "apps/v1 DaemonSet": "DaemonSet",
  "apps/v1 Deployment": "Deployment",
  "apps/v1 ReplicaSet": "ReplicaSet",
  "apps/v1 StatefulSet": "StatefulSet",
  "autoscaling/v1 HorizontalPodAutoscaler": "HorizontalPodAutoscaler",
  "autoscaling/v1 Scale": "Scale",
  "autoscaling/v2 HorizontalPodAutoscaler": "V2HorizontalPodAutoscaler",
  "batch/v1 CronJob": "CronJob",
  "batch/v1 Job": "Job",
  "coordination.k8s.io/v1 Lease": "Lease",
  "v1 APIResourceList": "APIResourceList",
  "v1 Binding": "Binding",
  "v1 ConfigMap": "ConfigMap",
  "v1 DeleteOptions": "DeleteOptions",
  "v1 Endpoints": "Endpoints",
  "v1 Event": "Event",
  "v1 LimitRange": "LimitRange",
  "v1 Namespace": "Namespace",
  "v1 Node": "Node",
  "v1 PersistentVolume": "PersistentVolume",
  "v1 PersistentVolumeClaim": "PersistentVolumeClaim",
  "v1 Pod": "Pod",
  "v1 PodTemplate": "PodTemplate",
  "v1 ReplicationController": "ReplicationController",
  "v1 ResourceQuota": "ResourceQuota",
  "v1 Secret": "Secret",
  "v1 Service": "Service",
  "v1 ServiceAccount": "ServiceAccount",
  "v1 Status": "Status",
  "discovery.k8s.io/v1 EndpointSlice": "EndpointSlice",
  "networking.k8s.io/v1 Ingress": "Ingress",
  "networking.k8s.io/v1 IngressClass": "IngressClass",
  "networking.k8s.io/v1 NetworkPolicy": "NetworkPolicy",
  "policy/v1 Eviction": "Eviction",
  "policy/v1 PodDisruptionBudget": "PodDisruptionBudget",
  "rbac.authorization.k8s.io/v1 ClusterRole": "ClusterRole",
  "rbac.authorization.k8s.io/v1 ClusterRoleBinding": "ClusterRoleBinding",
  "rbac.authorization.k8s.io/v1 Role": "Role",
  "rbac.authorization.k8s.io/v1 RoleBinding": "RoleBinding",
  "scheduling.k8s.io/v1 PriorityClass": "PriorityClass",
  "storage.k8s.io/v1 StorageClass": "StorageClass"
}
